package dev.tables.csv;

/**
 * One field of a record as it was read.
 *
 * @param text the text, without quotes
 * @param quoted whether it was enclosed in quotes
 */
public record Field(String text, boolean quoted) {}
