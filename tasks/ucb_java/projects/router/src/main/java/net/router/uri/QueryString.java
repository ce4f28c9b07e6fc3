package net.router.uri;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.router.http.HttpException;
import net.router.http.Status;

/**
 * The parameters of a query in their order.
 *
 * @param parameters the decoded parameters; a name may occur more than once
 */
public record QueryString(List<Parameter> parameters) {

    /** A name and its value, both decoded. */
    public record Parameter(String name, String value) {}

    public QueryString {
        parameters = List.copyOf(parameters);
    }

    /**
     * Reads an encoded query: parameters between ampersands, each a name and, after its first
     * equals sign, a value. Without equals sign the value is empty; a parameter without any text
     * is dropped. Names and values are decoded, and plus signs in them are spaces.
     *
     * @throws HttpException with status 400 if there is a bad percent sign
     */
    public static QueryString parse(String text) {
        List<Parameter> parameters = new ArrayList<>();
        for (String part : text.split("&")) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            parameters.add(new Parameter(
                    PercentCodec.decode(name, true), PercentCodec.decode(value, true)));
        }
        return new QueryString(parameters);
    }

    /** Returns the value of the first parameter with this name. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** Returns the values of all parameters with this name, in order. */
    public List<String> all(String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .toList();
    }

    /**
     * Returns the first value of a parameter as a whole number, or {@code fallback} if it is
     * missing or empty.
     *
     * @throws HttpException with status 400 if it is not a number or not between the limits, both
     *     of which are allowed
     */
    public int integer(String name, int fallback, int min, int max) {
        String text = first(name).orElse("");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new HttpException(Status.BAD_REQUEST, name + " is not a number: " + text);
        }
        throw new HttpException(Status.BAD_REQUEST, name + " is out of range: " + text);
    }

    /** Returns the query in encoded form. */
    @Override
    public String toString() {
        return parameters.stream()
                .map(p -> PercentCodec.encode(p.name()) + "=" + PercentCodec.encode(p.value()))
                .collect(Collectors.joining("&"));
    }
}
