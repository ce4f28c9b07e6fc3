import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A javac that stays: it answers one request after another as the command would, from memory to
 * memory. See "Warm compilers" in docs/languages.md for what it reads and writes. Where it has no
 * answer that is surely the command's own, it ends, and the command itself is run.
 */
final class Compiler {
    /** How javac's text ends when what is wrong is the source. */
    private static final Pattern ERRORS = Pattern.compile("(?s).*(?<=\\n)\\d+ errors?\\R");

    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
        System.setOut(System.err);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (JavaFileManager libraries = javac.getStandardFileManager(null, null, UTF_8)) {
            write(out, List.of());
            while (true) {
                write(out, compile(javac, libraries, read(in)));
            }
        } catch (EOFException nothingMoreAsked) {
            return;
        }
    }

    private static List<byte[]> compile(
            JavaCompiler javac, JavaFileManager libraries, List<byte[]> request)
            throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 1; i < request.size(); i += 2) {
            files.put(new String(request.get(i), UTF_8), request.get(i + 1));
        }
        List<String> options = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        for (String word : new String(request.get(0), UTF_8).split("\0")) {
            if (files.containsKey(word)) {
                sources.add(new Source(word, files.get(word)));
            } else if (!word.startsWith("-J")) {
                options.add(word);
            }
        }
        StringWriter said = new StringWriter();
        try (Outputs outputs = new Outputs(libraries)) {
            boolean good = javac.getTask(said, outputs, null, options, null, sources).call();
            if (!good && !ERRORS.matcher(said.toString()).matches()) {
                throw new IllegalStateException(said.toString());
            }
            List<byte[]> answer = new ArrayList<>();
            answer.add((good ? "0" : "1").getBytes(UTF_8));
            answer.add(new byte[0]);
            answer.add(said.toString().getBytes(UTF_8));
            outputs.made.forEach((name, made) -> {
                answer.add(name.getBytes(UTF_8));
                answer.add(made.toByteArray());
            });
            return answer;
        }
    }

    private static List<byte[]> read(DataInputStream in) throws IOException {
        List<byte[]> parts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            parts.add(in.readNBytes(in.readInt()));
        }
        return parts;
    }

    private static void write(DataOutputStream out, List<byte[]> parts) throws IOException {
        out.writeInt(parts.size());
        for (byte[] part : parts) {
            out.writeInt(part.length);
            out.write(part);
        }
        out.flush();
    }

    /** A source file in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String name;
        private final String text;

        Source(String name, byte[] data) throws CharacterCodingException {
            super(URI.create("file:///" + name), Kind.SOURCE);
            this.name = name;
            // Raises for what is not UTF-8: only the command has the right words for it.
            this.text = UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps what one compilation writes, and closes nothing of what the next one reads. */
    private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, ByteArrayOutputStream> made = new LinkedHashMap<>();

        Outputs(JavaFileManager libraries) {
            super(libraries);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            String path = name.replace('.', '/') + kind.extension;
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            made.put(path, data);
            return new SimpleJavaFileObject(URI.create("file:///output"), kind) {
                @Override
                public String getName() {
                    return path;
                }

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
