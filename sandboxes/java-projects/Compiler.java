package ucb.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A javac that stays, for whole projects: it keeps the classes of every project that it has been
 * shown, and answers what a step's edition of one compiles to. See "Warm compilers" in
 * docs/languages.md for what it reads and writes. Where it has no answer, it ends.
 */
final class Compiler {
    private static final String TREES = "trees/";
    private static final String PROJECT = "project/";
    /** Projects whose classes are kept; those not asked about for longest go first. */
    private static final int MOST = 16;

    private final Javac javac = new Javac(System.getProperty("ucb.libraries"));
    private final Map<String, Snapshot> snapshots = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Snapshot> eldest) {
            return size() > MOST;
        }
    };

    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
        System.setOut(System.err);
        Compiler compiler = new Compiler();
        try {
            write(out, List.of());
            while (true) {
                write(out, compiler.answer(read(in)));
            }
        } catch (EOFException nothingMoreAsked) {
            return;
        }
    }

    /** The first part names the command, the second the project. */
    private List<byte[]> answer(List<byte[]> request) throws IOException {
        String tree = text(request.get(1));
        Map<String, String> shown = new HashMap<>();
        Map<String, String> changed = new HashMap<>();
        for (int i = 3; i < request.size(); i += 2) {
            String name = text(request.get(i));
            boolean own = name.startsWith(tree + "/");
            String path = name.substring((own ? tree + "/" : PROJECT).length());
            if (Snapshot.reads(path)) {
                (own ? shown : changed).put(path, text(request.get(i + 1)));
            }
        }
        if (!tree.startsWith(TREES)) {
            throw new IllegalArgumentException(tree);
        }
        if (!shown.isEmpty()) {
            Snapshot made = new Snapshot(javac, shown);
            if (made.fault.isEmpty()) {
                snapshots.put(tree, made);
            }
            return List.of(bytes(made.fault.isEmpty() ? "0" : "1"), bytes(""), bytes(made.fault));
        }
        Snapshot.Edition edition = snapshots.get(tree).edition(changed);
        List<byte[]> answer = new ArrayList<>(
                List.of(bytes(edition.good() ? "0" : "1"), bytes(edition.compiledText()),
                        bytes(edition.said())));
        if (edition.good()) {
            answer.add(bytes(Bundle.PATH));
            answer.add(Bundle.of(edition));
        }
        return answer;
    }

    /** Raises for what is not UTF-8. */
    private static String text(byte[] data) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
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
}
