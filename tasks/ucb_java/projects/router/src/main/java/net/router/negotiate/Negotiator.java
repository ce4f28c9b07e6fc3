package net.router.negotiate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.router.http.Headers;
import net.router.http.HttpException;
import net.router.http.Status;

/** Chooses what a client likes best among what a server has. */
public final class Negotiator {

    private record Preference<T>(T range, int quality) {}

    private Negotiator() {}

    /**
     * Chooses a media type by the header Accept. The quality of an offer is that of the narrowest
     * range that includes it, and zero if none does; of ranges that are equally narrow the first
     * counts. The offer with the highest quality is chosen, of several the first. Without the
     * header the first offer is chosen.
     *
     * @throws HttpException with status 406 if all offers have quality zero, 400 if the header is
     *     malformed
     */
    public static MediaType mediaType(Headers headers, List<MediaType> offers) {
        if (!headers.contains("Accept")) {
            return offers.get(0);
        }
        List<Preference<MediaType>> preferences = new ArrayList<>();
        for (String element : headers.elements("Accept")) {
            try {
                MediaType range = MediaType.parse(element);
                int quality = quality(range.parameters().getOrDefault("q", "1"));
                preferences.add(new Preference<>(range.without("q"), quality));
            } catch (IllegalArgumentException e) {
                throw new HttpException(Status.BAD_REQUEST, e.getMessage());
            }
        }
        MediaType best = null;
        int highest = 0;
        for (MediaType offer : offers) {
            int quality = qualityOf(offer, preferences);
            if (quality > highest) {
                best = offer;
                highest = quality;
            }
        }
        return Optional.ofNullable(best).orElseThrow(
                () -> new HttpException(Status.NOT_ACCEPTABLE, "can send " + offers));
    }

    /**
     * Chooses a language by the header Accept-Language. A range such as {@code en} covers the
     * language itself and all that begin with it and a hyphen, whatever the case; a star covers
     * those that no other range covers. Otherwise as for media types, the longest range being the
     * narrowest, except that a client that likes no offer gets the first.
     *
     * @throws HttpException with status 400 if a quality is malformed
     */
    public static String language(Headers headers, List<String> offers) {
        String best = offers.get(0);
        int highest = 0;
        for (String offer : offers) {
            int quality = 0;
            int longest = 0;
            for (String element : headers.elements("Accept-Language")) {
                String[] parts = element.split(";\\s*[qQ]=", 2);
                String range = parts[0].strip();
                int length = range.equals("*") ? 1 : range.length() + 1;
                if (length > longest && coversLanguage(range, offer)) {
                    longest = length;
                    quality = parts.length > 1 ? quality(parts[1]) : 1000;
                }
            }
            if (quality > highest) {
                best = offer;
                highest = quality;
            }
        }
        return best;
    }

    /**
     * Reads a quality: {@code 0} or {@code 1}, for 0 with up to three decimal digits, for 1 with
     * up to three zeros.
     *
     * @return the quality in thousandths, from 0 to 1000
     * @throws HttpException with status 400 if it has another form
     */
    static int quality(String text) {
        String number = text.strip();
        if (!number.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?")) {
            throw new HttpException(Status.BAD_REQUEST, "not a quality: " + text);
        }
        int point = number.indexOf('.');
        String decimals = point < 0 ? "" : number.substring(point + 1);
        int whole = number.charAt(0) - '0';
        return 1000 * whole + Integer.parseInt((decimals + "000").substring(0, 3));
    }

    /** Returns the quality that the narrowest range gives an offer, zero if none includes it. */
    private static int qualityOf(MediaType offer, List<Preference<MediaType>> preferences) {
        int quality = 0;
        int narrowest = -1;
        for (Preference<MediaType> preference : preferences) {
            int specificity = preference.range().specificity();
            if (specificity > narrowest && preference.range().includes(offer)) {
                narrowest = specificity;
                quality = preference.quality();
            }
        }
        return quality;
    }

    private static boolean coversLanguage(String range, String language) {
        String tag = language.toLowerCase(Locale.ROOT) + "-";
        return range.equals("*") || tag.startsWith(range.toLowerCase(Locale.ROOT) + "-");
    }
}
