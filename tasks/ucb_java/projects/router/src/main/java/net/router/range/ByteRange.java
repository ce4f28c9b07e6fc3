package net.router.range;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A run of bytes.
 *
 * @param first the offset of its first byte, from 0 on
 * @param last the offset of its last byte, which belongs to it
 */
public record ByteRange(long first, long last) {

    public ByteRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("bad range: " + first + "-" + last);
        }
    }

    /** Returns how many bytes it has. */
    public long length() {
        return last - first + 1;
    }

    /**
     * Returns the value of the header Content-Range for this part of a content.
     *
     * @param total the length of the whole content
     */
    public String toContentRange(long total) {
        return "bytes " + first + "-" + last + "/" + total;
    }

    /**
     * Returns ranges, sorted by offset, that cover exactly the same bytes without overlapping or
     * touching each other: such ranges are joined into one.
     */
    public static List<ByteRange> joined(List<ByteRange> ranges) {
        List<ByteRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(ByteRange::first));
        List<ByteRange> joined = new ArrayList<>();
        for (ByteRange range : sorted) {
            int previous = joined.size() - 1;
            if (previous >= 0 && range.first() <= joined.get(previous).last() + 1) {
                ByteRange open = joined.get(previous);
                long last = Math.max(open.last(), range.last());
                joined.set(previous, new ByteRange(open.first(), last));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }
}
