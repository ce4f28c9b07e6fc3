package dev.tables.print;

import dev.tables.core.Column;
import dev.tables.core.Row;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Prints tables as text in columns of equal width. Immutable. */
public final class TablePrinter {
    private static final int MARKDOWN_MIN_WIDTH = 3;

    private final Border border;
    private final int maxWidth;
    private final int maxRows;
    private final String nullText;

    /** Creates a printer without limits that prints nothing for {@code null}. */
    public TablePrinter(Border border) {
        this(border, Integer.MAX_VALUE, Integer.MAX_VALUE, "");
    }

    private TablePrinter(Border border, int maxWidth, int maxRows, String nullText) {
        this.border = border;
        this.maxWidth = maxWidth;
        this.maxRows = maxRows;
        this.nullText = nullText;
    }

    /**
     * Returns a printer that cuts cells longer than a width.
     *
     * @throws TableException when the width is less than 1
     */
    public TablePrinter withMaxWidth(int width) {
        if (width < 1) {
            throw new TableException("a column cannot have the width " + width);
        }
        return new TablePrinter(border, width, maxRows, nullText);
    }

    /**
     * Returns a printer that prints at most the given number of rows.
     *
     * @throws TableException when the number is negative
     */
    public TablePrinter withMaxRows(int rows) {
        if (rows < 0) {
            throw new TableException("cannot print " + rows + " rows");
        }
        return new TablePrinter(border, maxWidth, rows, nullText);
    }

    /** Returns a printer that prints the given text for {@code null}. */
    public TablePrinter withNullText(String text) {
        return new TablePrinter(border, maxWidth, maxRows, text);
    }

    /**
     * Prints a table: the names of the columns, a rule, and the rows, each on a line of its own that
     * ends with LF. A column is as wide as its longest printed cell, its name included. Names are
     * aligned like the values of their columns. When there are more rows than may be printed, a last
     * line tells how many were left out: {@code (1 more row)}, {@code (2 more rows)} …
     *
     * @param table the table
     * @return the printed lines
     */
    public String print(Table table) {
        List<Alignment> alignments = table.schema().columns().stream()
                .map(column -> Alignment.of(column.type()))
                .toList();
        Table shown = table.head(maxRows);
        List<List<String>> lines = new ArrayList<>();
        lines.add(table.schema().columns().stream().map(Column::name).map(this::cut).toList());
        for (Row row : shown.rows()) {
            lines.add(row.values().stream().map(this::cell).toList());
        }
        List<Integer> widths = widths(lines);
        String rule = border.rule(widths, alignments);
        StringJoiner text = new StringJoiner("\n", "", "\n");
        if (border.framed()) {
            text.add(rule);
        }
        for (int i = 0; i < lines.size(); i++) {
            text.add(border.line(padded(lines.get(i), widths, alignments)));
            if (i == 0) {
                text.add(rule);
            }
        }
        if (border.framed() && shown.size() > 0) {
            text.add(rule);
        }
        int hidden = table.size() - shown.size();
        if (hidden > 0) {
            text.add("(" + hidden + (hidden == 1 ? " more row)" : " more rows)"));
        }
        return text.toString();
    }

    private List<Integer> widths(List<List<String>> lines) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < lines.get(0).size(); column++) {
            int width = border == Border.MARKDOWN ? MARKDOWN_MIN_WIDTH : 0;
            for (List<String> line : lines) {
                width = Math.max(width, line.get(column).length());
            }
            widths.add(width);
        }
        return widths;
    }

    private static List<String> padded(
            List<String> cells, List<Integer> widths, List<Alignment> alignments) {
        List<String> padded = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            padded.add(alignments.get(i).pad(cells.get(i), widths.get(i)));
        }
        return padded;
    }

    /** Returns the printed text of a value: line ends as spaces, and cut by {@link #cut}. */
    String cell(Object value) {
        String text = value == null ? nullText : Type.format(value);
        text = text.replace("\r\n", " ").replace('\n', ' ').replace('\r', ' ');
        return cut(border == Border.MARKDOWN ? text.replace("|", "\\|") : text);
    }

    /**
     * Cuts a text to the greatest width of a column. A text that is too long ends with {@code …},
     * which counts as one character; white space in front of it is removed.
     */
    String cut(String text) {
        if (text.length() <= maxWidth) {
            return text;
        }
        return text.substring(0, maxWidth - 1).stripTrailing() + "…";
    }
}
