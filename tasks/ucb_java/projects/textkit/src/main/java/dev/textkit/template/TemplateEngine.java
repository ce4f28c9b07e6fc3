package dev.textkit.template;

import dev.textkit.cache.CacheStats;
import dev.textkit.cache.LruCache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Renders templates.
 *
 * <p>In a template {@code {{ value }}} writes a value, <code>{% … %}</code> is an instruction and
 * {@code {# … #}} a comment. Named templates come from a loader and are kept, parsed, in a cache.
 */
public final class TemplateEngine {
    private final Escaping escaping;
    private final Function<String, Optional<String>> loader;
    private final LruCache<String, List<Node>> cache;

    /**
     * Creates an engine.
     *
     * @param escaping how values are escaped
     * @param loader finds the source of a template from its name
     * @param capacity how many parsed templates are kept
     * @param lifetime how long a parsed template is kept, in units of the clock
     * @param clock tells the time
     */
    public TemplateEngine(
            Escaping escaping, Function<String, Optional<String>> loader,
            int capacity, long lifetime, LongSupplier clock) {
        this.escaping = escaping;
        this.loader = loader;
        this.cache = new LruCache<>(capacity, lifetime, clock);
    }

    /** Creates an engine without named templates. */
    public TemplateEngine(Escaping escaping) {
        this(escaping, name -> Optional.empty(), 1, LruCache.FOREVER, () -> 0);
    }

    /**
     * Renders a template from its source.
     *
     * @param source the source
     * @param values the values by their names
     * @return the rendered text
     * @throws TemplateException when the template is faulty or a value is missing
     */
    public String render(String source, Map<String, ?> values) {
        return render(Parser.parse(source), values);
    }

    /**
     * Renders a named template.
     *
     * @param name its name
     * @param values the values by their names
     * @return the rendered text
     * @throws TemplateException when there is no such template, it is faulty or a value is missing
     */
    public String renderNamed(String name, Map<String, ?> values) {
        return render(named(name, 1), values);
    }

    /** Returns what the cache of parsed templates has counted. */
    public CacheStats cacheStats() {
        return cache.stats();
    }

    private String render(List<Node> nodes, Map<String, ?> values) {
        Renderer renderer = new Renderer(escaping, this::named);
        renderer.render(nodes, new Scope(values, null));
        return renderer.output();
    }

    private List<Node> named(String name, int line) {
        return cache.get(name, key -> loader.apply(key)
                .map(Parser::parse)
                .orElseThrow(() -> new TemplateException(line, "no template '" + key + "'")));
    }
}
