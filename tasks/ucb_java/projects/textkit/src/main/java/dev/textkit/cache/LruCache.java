package dev.textkit.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A map of limited size whose entries expire. When it is full, a new key takes the place of the
 * entry that was not used for the longest time; reading and writing an entry both use it. Not safe
 * for use by several threads.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class LruCache<K, V> {
    /** A lifetime that no entry outlives. */
    public static final long FOREVER = Long.MAX_VALUE;

    private final int capacity;
    private final long lifetime;
    private final LongSupplier clock;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long hits;
    private long misses;
    private long evictions;

    private record Entry<V>(V value, long written) {}

    /**
     * Creates a cache.
     *
     * @param capacity the greatest number of entries, at least 1
     * @param lifetime how long an entry is valid after it was written, in units of the clock; an
     *     entry whose age has reached the lifetime has expired
     * @param clock tells the time, which never goes back
     * @throws IllegalArgumentException when the capacity or the lifetime is less than 1
     */
    public LruCache(int capacity, long lifetime, LongSupplier clock) {
        if (capacity < 1 || lifetime < 1) {
            throw new IllegalArgumentException("capacity and lifetime must be positive");
        }
        this.capacity = capacity;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /**
     * Returns the value of a key and counts a hit, or nothing and counts a miss. An entry that has
     * expired is removed, which is not counted as an eviction.
     *
     * @param key the key
     * @return the value, if there is a valid one
     */
    public Optional<V> get(K key) {
        Entry<V> entry = entries.get(key);
        if (entry != null && clock.getAsLong() - entry.written() < lifetime) {
            hits++;
            return Optional.of(entry.value());
        }
        if (entry != null) {
            entries.remove(key);
        }
        misses++;
        return Optional.empty();
    }

    /**
     * Writes a value, which starts its lifetime anew. When the key is new and the cache is full,
     * entries that have expired are removed first; only when there were none, the entry that was not
     * used for the longest time is evicted.
     *
     * @param key the key
     * @param value the value, not {@code null}
     */
    public void put(K key, V value) {
        long now = clock.getAsLong();
        if (!entries.containsKey(key) && entries.size() >= capacity) {
            entries.values().removeIf(entry -> now - entry.written() >= lifetime);
            if (entries.size() >= capacity) {
                K eldest = entries.keySet().iterator().next();
                entries.remove(eldest);
                evictions++;
            }
        }
        entries.put(key, new Entry<>(value, now));
    }

    /**
     * Returns the value of a key as {@link #get} does, or computes and writes it. When the
     * computation fails, nothing is written and the failure is passed on.
     *
     * @param key the key
     * @param loader computes the value of the key
     * @return the value
     */
    public V get(K key, Function<? super K, ? extends V> loader) {
        Optional<V> known = get(key);
        if (known.isPresent()) {
            return known.get();
        }
        V value = loader.apply(key);
        put(key, value);
        return value;
    }

    /** Removes the entry of a key and tells whether there was one. */
    public boolean remove(K key) {
        return entries.remove(key) != null;
    }

    /** Returns the number of entries, expired ones included. */
    public int size() {
        return entries.size();
    }

    /** Returns what was counted so far. */
    public CacheStats stats() {
        return new CacheStats(hits, misses, evictions);
    }
}
