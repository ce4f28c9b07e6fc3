package dev.textkit.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class LruCacheTest {
    private long now;

    private LruCache<String, Integer> cache(int capacity, long lifetime) {
        return new LruCache<>(capacity, lifetime, () -> now);
    }

    @Test
    void returnsWhatWasWritten() {
        var cache = cache(2, LruCache.FOREVER);
        cache.put("a", 1);
        assertEquals(Optional.of(1), cache.get("a"));
        assertEquals(Optional.empty(), cache.get("b"));
    }

    @Test
    void evictsTheEntryUnusedForLongest() {
        var cache = cache(2, LruCache.FOREVER);
        cache.put("a", 1);
        cache.put("b", 2);
        cache.get("a");
        cache.put("c", 3);
        assertTrue(cache.get("a").isPresent());
        assertTrue(cache.get("b").isEmpty());
    }

    @Test
    void writingUsesAnEntry() {
        var cache = cache(2, LruCache.FOREVER);
        cache.put("a", 1);
        cache.put("b", 2);
        cache.put("a", 3);
        cache.put("c", 4);
        assertEquals(Optional.of(3), cache.get("a"));
    }

    @Test
    void writingAKnownKeyEvictsNothing() {
        var cache = cache(2, LruCache.FOREVER);
        cache.put("a", 1);
        cache.put("b", 2);
        cache.put("b", 3);
        assertEquals(Optional.of(1), cache.get("a"));
        assertEquals(0, cache.stats().evictions());
    }

    @Test
    void entriesExpireWhenTheirAgeReachesTheLifetime() {
        var cache = cache(2, 10);
        cache.put("a", 1);
        now = 9;
        assertTrue(cache.get("a").isPresent());
        now = 10;
        assertTrue(cache.get("a").isEmpty());
    }

    @Test
    void readingDoesNotLengthenTheLifetime() {
        var cache = cache(2, 10);
        cache.put("a", 1);
        now = 6;
        cache.get("a");
        now = 12;
        assertTrue(cache.get("a").isEmpty());
    }

    @Test
    void writingStartsTheLifetimeAnew() {
        var cache = cache(2, 10);
        cache.put("a", 1);
        now = 6;
        cache.put("a", 2);
        now = 15;
        assertEquals(Optional.of(2), cache.get("a"));
    }

    @Test
    void expiredEntriesMakeRoomFirst() {
        var cache = cache(2, 10);
        cache.put("old", 1);
        now = 5;
        cache.put("new", 2);
        cache.get("old");
        now = 11;
        cache.put("c", 3);
        assertTrue(cache.get("new").isPresent());
        assertEquals(0, cache.stats().evictions());
    }

    @Test
    void expiredEntriesAreRemovedWhenRead() {
        var cache = cache(2, 10);
        cache.put("a", 1);
        now = 10;
        cache.get("a");
        assertEquals(0, cache.size());
    }

    @Test
    void loadsOnce() {
        var cache = cache(2, LruCache.FOREVER);
        assertEquals(3, cache.get("abc", String::length));
        assertEquals(3, cache.get("abc", key -> 99));
    }

    @Test
    void failedLoadsWriteNothing() {
        var cache = cache(2, LruCache.FOREVER);
        assertThrows(NumberFormatException.class, () -> cache.get("x", Integer::valueOf));
        assertEquals(0, cache.size());
    }

    @Test
    void countsHitsMissesAndEvictions() {
        var cache = cache(1, LruCache.FOREVER);
        cache.put("a", 1);
        cache.get("a");
        cache.get("a");
        cache.get("b");
        cache.put("b", 2);
        assertEquals(new CacheStats(2, 1, 1), cache.stats());
    }

    @Test
    void hitRateIsAPartOfLookUps() {
        assertEquals(0.75, new CacheStats(3, 1, 0).hitRate());
        assertEquals(0, new CacheStats(0, 0, 0).hitRate());
    }

    @Test
    void removesEntries() {
        var cache = cache(1, LruCache.FOREVER);
        cache.put("a", 1);
        assertTrue(cache.remove("a"));
        assertFalse(cache.remove("a"));
    }
}
