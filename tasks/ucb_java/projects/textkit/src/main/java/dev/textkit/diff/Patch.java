package dev.textkit.diff;

import dev.textkit.text.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The differences of two texts as hunks, in their order.
 *
 * @param hunks the hunks
 */
public record Patch(List<Hunk> hunks) {
    private static final Pattern HEADER =
            Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@.*");

    /** Copies the hunks. */
    public Patch {
        hunks = List.copyOf(hunks);
    }

    /** Compares two texts; see {@link LineDiff#edits} and {@link Hunk#cut}. */
    public static Patch between(List<String> before, List<String> after, int context) {
        return new Patch(Hunk.cut(LineDiff.edits(before, after), context));
    }

    /** Returns the patch that takes this one back. */
    public Patch reversed() {
        return new Patch(hunks.stream().map(Hunk::reversed).toList());
    }

    /**
     * Writes the hunks in unified format: for each a line {@code @@ -a,b +c,d @@} and its edits, each
     * behind its symbol. Here b and d are the numbers of lines in the old and in the new text, left
     * out together with the comma when they are 1; a and c are the numbers of the first of these
     * lines, counted from 1, or of the line in front when there are none.
     *
     * @return the text, every line ended with LF
     */
    public String format() {
        List<String> lines = new ArrayList<>();
        for (Hunk hunk : hunks) {
            lines.add("@@ -" + range(hunk.oldStart(), hunk.oldLines().size())
                    + " +" + range(hunk.newStart(), hunk.newLines().size()) + " @@");
            hunk.edits().forEach(edit -> lines.add(edit.toString()));
        }
        return Lines.join(lines);
    }

    private static String range(int start, int count) {
        int first = count == 0 ? start : start + 1;
        return count == 1 ? String.valueOf(first) : first + "," + count;
    }

    /**
     * Reads hunks in unified format. Lines in front of the first hunk, and lines that start with a
     * backslash, are passed over. Within a hunk an empty line is a kept empty line.
     *
     * @param text the text of a patch
     * @return the patch
     * @throws PatchException when a hunk has more or fewer lines than its header says, or a line in
     *     it starts with another character
     */
    public static Patch parse(String text) {
        List<String> lines = Lines.split(text);
        List<Hunk> hunks = new ArrayList<>();
        int i = 0;
        while (i < lines.size() && !lines.get(i).startsWith("@@")) {
            i++;
        }
        while (i < lines.size()) {
            Matcher header = HEADER.matcher(lines.get(i));
            if (!header.matches()) {
                throw new PatchException(i + 1, "expected the header of a hunk");
            }
            int oldCount = count(header.group(2));
            int newCount = count(header.group(4));
            int headerLine = ++i;
            List<Edit> edits = new ArrayList<>();
            for (; i < lines.size() && !lines.get(i).startsWith("@@"); i++) {
                if (!lines.get(i).startsWith("\\")) {
                    edits.add(edit(lines.get(i), i + 1));
                }
            }
            Hunk hunk = new Hunk(
                    start(header.group(1), oldCount), start(header.group(3), newCount), edits);
            if (hunk.oldLines().size() != oldCount || hunk.newLines().size() != newCount) {
                throw new PatchException(headerLine, "the hunk has another number of lines");
            }
            hunks.add(hunk);
        }
        return new Patch(hunks);
    }

    private static int count(String digits) {
        return digits == null ? 1 : Integer.parseInt(digits);
    }

    private static int start(String digits, int count) {
        return Integer.parseInt(digits) - (count == 0 ? 0 : 1);
    }

    private static Edit edit(String line, int number) {
        if (line.isEmpty()) {
            return new Edit(Edit.Kind.KEEP, "");
        }
        for (Edit.Kind kind : Edit.Kind.values()) {
            if (line.charAt(0) == kind.symbol()) {
                return new Edit(kind, line.substring(1));
            }
        }
        throw new PatchException(number, "expected ' ', '-' or '+'");
    }
}
