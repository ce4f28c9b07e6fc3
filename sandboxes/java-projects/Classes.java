package ucb.room;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A project's classes, from memory, and its resources, from its folders.
 *
 * <p>What the room has goes before what the project has: no class of a project takes the place of
 * one of JUnit's. A test goes before a source of the same name.
 */
final class Classes extends ClassLoader {
    private final Map<String, byte[]> classes;
    private final Path[] resources;
    private final BiFunction<String, byte[], byte[]> changed;

    /** `changed` gives a class's bytes, by name and from what they were compiled to. */
    Classes(Snapshot.Edition edition, Path project, BiFunction<String, byte[], byte[]> changed) {
        super("project", Classes.class.getClassLoader());
        this.classes = new HashMap<>(edition.main());
        this.classes.putAll(edition.test());
        this.resources = new Path[] {
            project.resolve("src/test/resources"), project.resolve("src/main/resources"),
        };
        this.changed = changed;
        setDefaultAssertionStatus(true);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] data = classes.get(name);
        if (data == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] real = changed.apply(name, data);
        return defineClass(name, real, 0, real.length);
    }

    @Override
    protected URL findResource(String name) {
        Enumeration<URL> found = findResources(name);
        return found.hasMoreElements() ? found.nextElement() : null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        List<URL> found = new ArrayList<>();
        for (Path folder : resources) {
            Path path = folder.resolve(name).normalize();
            if (path.startsWith(folder) && Files.exists(path)) {
                try {
                    found.add(path.toUri().toURL());
                } catch (MalformedURLException error) {
                    throw new IllegalArgumentException(error);
                }
            }
        }
        return Collections.enumeration(found);
    }
}
