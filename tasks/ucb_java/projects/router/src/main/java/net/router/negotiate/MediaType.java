package net.router.negotiate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A media type or a range of them.
 *
 * @param type the type in lower case, or a star
 * @param subtype the subtype in lower case, or a star; always a star if the type is
 * @param parameters the parameters by their names in lower case
 */
public record MediaType(String type, String subtype, Map<String, String> parameters) {

    public MediaType {
        parameters = Map.copyOf(parameters);
        if (type.equals("*") && !subtype.equals("*")) {
            throw new IllegalArgumentException("star with subtype " + subtype);
        }
    }

    /**
     * Reads a type such as {@code text/html; charset=utf-8}. Type, subtype and names of parameters
     * become lower case, values of parameters keep theirs and lose quotes around them. White
     * space around all of them is dropped.
     *
     * @throws IllegalArgumentException if the type does not consist of two tokens with a slash
     *     between them, or a parameter has no equals sign
     */
    public static MediaType parse(String text) {
        String[] parts = text.split(";");
        String full = parts[0].strip().toLowerCase(Locale.ROOT);
        if (!full.matches("[^\\s/;,]+/[^\\s/;,]+")) {
            throw new IllegalArgumentException("not a media type: " + text);
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("parameter without value: " + text);
            }
            String name = parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
            parameters.put(name, parts[i].substring(equals + 1).strip().replace("\"", ""));
        }
        int slash = full.indexOf('/');
        return new MediaType(full.substring(0, slash), full.substring(slash + 1), parameters);
    }

    /**
     * Tells whether a type is within this range: a star stands for every type or subtype, and the
     * other must have all parameters of this one with the same values. It may have more.
     */
    public boolean includes(MediaType other) {
        if (!type.equals("*") && !type.equals(other.type)) {
            return false;
        }
        if (!subtype.equals("*") && !subtype.equals(other.subtype)) {
            return false;
        }
        return other.parameters.entrySet().containsAll(parameters.entrySet());
    }

    /**
     * Returns how narrow this range is: a range without stars is narrower than one with a star,
     * one star is narrower than two, and of equals in this the one with more parameters.
     */
    public int specificity() {
        int named = (type.equals("*") ? 0 : 1) + (subtype.equals("*") ? 0 : 1);
        return 100 * named + Math.min(99, parameters.size());
    }

    MediaType without(String parameter) {
        Map<String, String> rest = new LinkedHashMap<>(parameters);
        rest.remove(parameter);
        return new MediaType(type, subtype, rest);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type + "/" + subtype);
        parameters.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(p -> text.append("; " + p.getKey() + "=" + p.getValue()));
        return text.toString();
    }
}
