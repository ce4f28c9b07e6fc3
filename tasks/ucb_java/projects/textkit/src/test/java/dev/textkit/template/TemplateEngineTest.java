package dev.textkit.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.textkit.cache.CacheStats;
import dev.textkit.cache.LruCache;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateEngineTest {
    private static final Map<String, String> FILES = Map.of(
            "greet", "Hello {{ name }}",
            "page", "<{% include \"greet\" %}>",
            "again", "{% include \"again\" %}",
            "lost", "a\n{% include \"nowhere\" %}");

    private static String render(String source, Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new TemplateEngine(Escaping.NONE).render(source, values);
    }

    private static String fault(String source, Object... namesAndValues) {
        return assertThrows(TemplateException.class, () -> render(source, namesAndValues))
                .getMessage();
    }

    private static TemplateEngine files() {
        return new TemplateEngine(
                Escaping.NONE, name -> Optional.ofNullable(FILES.get(name)),
                4, LruCache.FOREVER, () -> 0);
    }

    @Test
    void copiesPlainText() {
        assertEquals("a } b { %} c\n", render("a } b { %} c\n"));
    }

    @Test
    void writesValues() {
        assertEquals("x=5, y=b", render("x={{ x }}, y={{y}}", "x", 5, "y", "b"));
    }

    @Test
    void writesNothingForNullAndCommasForLists() {
        assertEquals("[]", render("[{{ x }}]", "x", null));
        assertEquals("1, 2", render("{{ x }}", "x", List.of(1, 2)));
    }

    @Test
    void commentsVanish() {
        assertEquals("ab", render("a{# {{ not a value }} #}b"));
    }

    @Test
    void backslashMakesMarksPlain() {
        assertEquals("{{ x }} \\ {% y", render("\\{{ x }} \\ \\{% y"));
    }

    @Test
    void pathsLeadIntoMapsAndLists() {
        Map<String, Object> user = Map.of("name", "Ann", "tags", List.of("a", "b", "c"));
        assertEquals("Ann a c", render("{{ u.name }} {{ u.tags.0 }} {{ u.tags.-1 }}", "u", user));
    }

    @Test
    void missingPartsAreNull() {
        assertEquals("--", render("-{{ u.tags.3 }}{{ u.no.more }}-", "u", Map.of("tags", List.of())));
    }

    @Test
    void sizeCountsItems() {
        assertEquals("2 3", render("{{ l.size }} {{ t.size }}", "l", List.of(1, 2), "t", "abc"));
        assertEquals("big", render("{{ m.size }}", "m", Map.of("size", "big")));
    }

    @Test
    void unknownNamesAreFaults() {
        assertEquals("line 2: unknown name 'zebra'", fault("\n{{ zebra }}", "name", 1));
    }

    @Test
    void unknownNamesComeWithSuggestions() {
        assertEquals(
                "line 1: unknown name 'nmae'; did you mean 'name'?", fault("{{ nmae }}", "name", 1));
    }

    @Test
    void ifChoosesAPart() {
        String source = "{% if x %}yes{% else %}no{% end %}";
        assertEquals("yes", render(source, "x", true));
        assertEquals("no", render(source, "x", false));
        assertEquals("ab", render("a{% if x %}-{% end %}b", "x", null));
    }

    @Test
    void onlyEmptyValuesAreFalse() {
        for (Object empty : Arrays.asList(null, "", 0, 0.0, List.of(), Map.of(), false)) {
            assertEquals("", render("{% if x %}true{% end %}", "x", empty));
        }
        for (Object value : List.of("0", -1, 0.5, List.of(0), true)) {
            assertEquals("true", render("{% if x %}true{% end %}", "x", value));
        }
    }

    @Test
    void notTurnsAValueAround() {
        assertEquals("none", render("{% if not items %}none{% end %}", "items", List.of()));
    }

    @Test
    void namesMayStartWithNot() {
        assertEquals("n", render("{{ notes }}", "notes", "n"));
    }

    @Test
    void elifIsTriedNext() {
        String source = "{% if a %}1{% elif b %}2{% elif c %}3{% else %}4{% end %}.";
        assertEquals("2.", render(source, "a", 0, "b", 1, "c", 1));
        assertEquals("3.", render(source, "a", 0, "b", 0, "c", 1));
        assertEquals("4.", render(source, "a", 0, "b", 0, "c", 0));
    }

    @Test
    void loopsOverLists() {
        assertEquals("<a><b>", render("{% for x in l %}<{{ x }}>{% end %}", "l", List.of("a", "b")));
        String source = "{% for r in rows %}{% for c in r %}{{ c }}{{ loop.index }}{% end %}"
                + "/{{ loop.index }} {% end %}";
        assertEquals("a1b2/1 c1/2 ", render(source, "rows", List.of(List.of("a", "b"), List.of("c"))));
    }

    @Test
    void loopsKnowTheirPlace() {
        String source = "{% for x in l %}{{ loop.index }}{{ x }}{% if not loop.last %},{% end %}{% end %}";
        assertEquals("1a,2b,3c", render(source, "l", List.of("a", "b", "c")));
    }

    @Test
    void repeatedItemsHaveTheirOwnPlace() {
        String source = "{% for x in l %}{{ x }}{% if loop.first %}<{% end %}"
                + "{% if loop.last %}>{% end %}{% end %}";
        assertEquals("a<ba>", render(source, "l", List.of("a", "b", "a")));
    }

    @Test
    void loopsOverNothingHaveAnotherPart() {
        String source = "{% for x in l %}{{ x }}{% else %}none{% end %}";
        assertEquals("none", render(source, "l", List.of()));
        assertEquals("none", render(source, "l", null));
    }

    @Test
    void loopsOverMapsHaveKeysAndValues() {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("x", 1);
        map.put("y", null);
        assertEquals("x=1;y=;", render("{% for e in m %}{{ e.key }}={{ e.value }};{% end %}", "m", map));
    }

    @Test
    void loopNamesHideOuterNames() {
        assertEquals("ab-o", render("{% for x in l %}{{ x }}{% end %}-{{ x }}", "x", "o", "l", List.of("a", "b")));
    }

    @Test
    void loopNamesHideOuterNamesAlsoWhenNull() {
        assertEquals("a.", render("{% for x in l %}{{ x }}{% end %}.", "x", "o", "l", Arrays.asList("a", null)));
    }

    @Test
    void refusesToLoopOverText() {
        assertEquals("line 1: cannot loop over 'abc'", fault("{% for x in t %}{% end %}", "t", "abc"));
    }

    @Test
    void filtersChangeTextInTurn() {
        assertEquals("ABC", render("{{ x | trim | upper }}", "x", " abc "));
        assertEquals("Hello", render("{{ \"hELLO\" | lower | capitalize }}"));
    }

    @Test
    void defaultReplacesMissingValues() {
        assertEquals("n/a", render("{{ x | default:\"n/a\" }}", "x", null));
        assertEquals("0", render("{{ x | default:7 }}", "x", 0));
    }

    @Test
    void quotedArgumentsMayHaveAnySigns() {
        assertEquals("a | b : c", render("{{ x | join:\" | \" }}", "x", List.of("a", "b : c")));
    }

    @Test
    void truncateCountsTheEllipsis() {
        assertEquals("abc…", render("{{ x | truncate:4 }}", "x", "abcdef"));
        assertEquals("abcd", render("{{ x | truncate:4 }}", "x", "abcd"));
    }

    @Test
    void wrapAndIndentSetText() {
        assertEquals("ab cd\n  ef gh", render("{{ x | wrap:5 | indent:2 }}", "x", "ab cd ef gh"));
    }

    @Test
    void unknownFiltersComeWithSuggestions() {
        assertEquals(
                "line 1: unknown filter 'uper'; did you mean 'upper'?", fault("{{ x | uper }}", "x", 1));
    }

    @Test
    void filtersCheckTheirArguments() {
        assertEquals(
                "line 1: filter 'truncate' needs a number, not 'x'",
                fault("{{ \"a\" | truncate:x }}"));
        assertEquals("line 1: filter 'wrap' needs an argument", fault("{{ \"a\" | wrap }}"));
    }

    @Test
    void escapesForHtml() {
        var engine = new TemplateEngine(Escaping.HTML);
        assertEquals(
                "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;",
                engine.render("{{ x }}", Map.of("x", "<a href=\"x\">'&amp;")));
    }

    @Test
    void rawIsNotEscaped() {
        var engine = new TemplateEngine(Escaping.HTML);
        assertEquals("<b> &", engine.render("{{ x | raw }} &", Map.of("x", "<b>")));
    }

    @Test
    void escapesForJson() {
        assertEquals("\\\"a\\\\b\\n\\t\\u0001é", Escaping.JSON.apply("\"a\\b\n\t\u0001é"));
    }

    @Test
    void dashLeavesTheLineEndOut() {
        assertEquals("a\n  b\n", render("{% if x -%}  \na\n{% end -%}\n  b\n", "x", 1));
    }

    @Test
    void faultsNameTheLineOfTheirTag() {
        assertEquals("line 3: unknown tag 'do x'", fault("a\n{# \n #}{% do x %}"));
        assertEquals("line 2: unknown name 'zebra'", fault("{% if x -%}\n{{ zebra }}{% end %}", "x", 1));
        assertEquals("line 1: unknown name 'zebra'", fault("{{\nzebra\n}}"));
    }

    @Test
    void openMarksAndBlocksAreFaults() {
        assertEquals("line 2: '{{' is not closed", fault("a\n{{ x"));
        assertEquals("line 1: 'if x' is not closed", fault("{% if x %}\n", "x", 1));
    }

    @Test
    void strayTagsAreFaults() {
        assertEquals("line 1: 'end' without a block", fault("a{% end %}"));
        assertEquals("line 1: 'else' without a block", fault("{% else %}"));
    }

    @Test
    void openQuotesAndMissingPartsAreFaults() {
        assertEquals("line 1: a quote is not closed", fault("{{ \"a }}"));
        assertEquals("line 1: a value is missing", fault("{{ }}"));
        assertEquals("line 1: the name of a filter is missing", fault("{{ x | }}", "x", 1));
    }

    @Test
    void includesShareNames() {
        assertEquals("<Hello Bo>", files().renderNamed("page", Map.of("name", "Bo")));
    }

    @Test
    void missingTemplatesAreFaults() {
        var failure = assertThrows(TemplateException.class, () -> files().renderNamed("lost", Map.of()));
        assertEquals("line 2: no template 'nowhere'", failure.getMessage());
    }

    @Test
    void endlessIncludesAreFaults() {
        var failure = assertThrows(TemplateException.class, () -> files().renderNamed("again", Map.of()));
        assertEquals("line 1: includes are nested too deep", failure.getMessage());
    }

    @Test
    void namedTemplatesAreParsedOnce() {
        TemplateEngine engine = files();
        engine.renderNamed("page", Map.of("name", "A"));
        engine.renderNamed("page", Map.of("name", "B"));
        assertEquals(new CacheStats(2, 2, 0), engine.cacheStats());
    }

    @Test
    void expiredTemplatesAreLoadedAgain() {
        long[] now = {0};
        Map<String, String> sources = new HashMap<>(Map.of("t", "old"));
        TemplateEngine engine = new TemplateEngine(
                Escaping.NONE, name -> Optional.ofNullable(sources.get(name)), 2, 10, () -> now[0]);
        assertEquals("old", engine.renderNamed("t", Map.of()));
        sources.put("t", "new");
        assertEquals("old", engine.renderNamed("t", Map.of()));
        now[0] = 10;
        assertEquals("new", engine.renderNamed("t", Map.of()));
    }
}
