package ucb.room;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** A javac from memory to memory, with or without the libraries of tests on its class path. */
final class Javac implements Closeable {
    static final List<String> OPTIONS = List.of("-proc:none", "-implicit:none");
    /** How javac's text ends when what is wrong is the source. */
    private static final Pattern ERRORS = Pattern.compile("(?s).*\\d+ errors?\\R");

    private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager plain = manager(List.of());
    private final StandardJavaFileManager testing;

    /** What came of a compilation; `made` has the classes of every source, by binary name. */
    record Outcome(boolean good, String said, Map<String, Map<String, byte[]>> made) {}

    /** javac has ended as it does for no source: by a fault of its own, or of the machine. */
    static final class Lost extends RuntimeException {
        Lost(String said) {
            super(said);
        }
    }

    Javac(String libraries) {
        List<File> jars = new ArrayList<>();
        for (String jar : libraries.split(File.pathSeparator)) {
            jars.add(new File(jar));
        }
        testing = manager(jars);
    }

    private StandardJavaFileManager manager(List<File> jars) {
        StandardJavaFileManager made =
                javac.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        try {
            made.setLocation(StandardLocation.CLASS_PATH, jars);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return made;
    }

    /** Compile `sources` (path to text), which see `classes` (binary name to bytes). */
    Outcome compile(Map<String, String> sources, Map<String, byte[]> classes, boolean tests) {
        List<Source> units = new ArrayList<>();
        sources.forEach((path, text) -> units.add(new Source(path, text)));
        if (units.isEmpty()) {
            return new Outcome(true, "", Map.of());
        }
        StringWriter said = new StringWriter();
        Memory memory = new Memory(tests ? testing : plain, classes);
        boolean good = javac.getTask(said, memory, null, OPTIONS, null, units).call();
        if (!good && !ERRORS.matcher(said.toString()).matches()) {
            throw new Lost(said.toString());
        }
        Map<String, Map<String, byte[]>> made = new TreeMap<>();
        memory.made.forEach((path, each) -> {
            Map<String, byte[]> bytes = new TreeMap<>();
            each.forEach((name, data) -> bytes.put(name, data.toByteArray()));
            made.put(path, bytes);
        });
        return new Outcome(good, said.toString(), made);
    }

    JavaCompiler tool() {
        return javac;
    }

    JavaFileManager libraries() {
        return plain;
    }

    @Override
    public void close() throws IOException {
        plain.close();
        testing.close();
    }

    /** A source file in memory. */
    static final class Source extends SimpleJavaFileObject {
        private final String path;
        private final String text;

        Source(String path, String text) {
            super(address(path), Kind.SOURCE);
            this.path = path;
            this.text = text;
        }

        private static URI address(String path) {
            try {
                return new URI("file", null, "/" + path, null);
            } catch (URISyntaxException error) {
                throw new IllegalArgumentException(error);
            }
        }

        @Override
        public String getName() {
            return path;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** A class file in memory. */
    private static final class Made extends SimpleJavaFileObject {
        final String name;
        final byte[] data;

        Made(String name, byte[] data) {
            super(URI.create("memory:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
            this.name = name;
            this.data = data;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(data);
        }
    }

    /** Shows one compilation its classes beside the libraries, and keeps what it writes. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, Map<String, ByteArrayOutputStream>> made = new TreeMap<>();
        private final Map<String, List<JavaFileObject>> packages = new HashMap<>();

        Memory(JavaFileManager libraries, Map<String, byte[]> classes) {
            super(libraries);
            classes.forEach((name, data) -> packages
                    .computeIfAbsent(name.substring(0, Math.max(0, name.lastIndexOf('.'))),
                            key -> new ArrayList<>())
                    .add(new Made(name, data)));
        }

        @Override
        public Iterable<JavaFileObject> list(
                Location location, String inside, Set<JavaFileObject.Kind> kinds, boolean deep)
                throws IOException {
            Iterable<JavaFileObject> found = super.list(location, inside, kinds, deep);
            if (location != StandardLocation.CLASS_PATH
                    || !kinds.contains(JavaFileObject.Kind.CLASS)) {
                return found;
            }
            List<JavaFileObject> all = new ArrayList<>(packages.getOrDefault(inside, List.of()));
            if (deep) {
                packages.forEach((name, more) -> {
                    if (inside.isEmpty() ? !name.isEmpty() : name.startsWith(inside + ".")) {
                        all.addAll(more);
                    }
                });
            }
            found.forEach(all::add);
            return all;
        }

        @Override
        public String inferBinaryName(Location location, JavaFileObject file) {
            return file instanceof Made own ? own.name : super.inferBinaryName(location, file);
        }

        @Override
        public boolean isSameFile(FileObject one, FileObject other) {
            return one == other || one.toUri().equals(other.toUri());
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            made.computeIfAbsent(((Source) sibling).path, key -> new TreeMap<>())
                    .put(name.replace('/', '.'), data);
            return new SimpleJavaFileObject(URI.create("memory:///output"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return data;
                }
            };
        }

        @Override
        public void close() {}
    }
}
