package dev.textkit.cache;

/**
 * What a cache has counted.
 *
 * @param hits look-ups that found a valid value
 * @param misses look-ups that did not
 * @param evictions entries removed to make room
 */
public record CacheStats(long hits, long misses, long evictions) {
    /** Returns the part of look-ups that were hits, from 0 to 1; 0 when there were none. */
    public double hitRate() {
        long lookups = hits + misses;
        return lookups == 0 ? 0 : (double) hits / lookups;
    }
}
