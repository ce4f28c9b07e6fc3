package ucb.room;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The classes of an edition in one file: of its sources, then of its tests. */
final class Bundle {
    /** Where a room puts it: in the project, which programs cannot change. */
    static final String PATH = ".ucb-classes";

    private Bundle() {}

    static byte[] of(Snapshot.Edition edition) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 18);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, edition.main());
            write(out, edition.test());
        }
        return bytes.toByteArray();
    }

    static Snapshot.Edition read(byte[] data) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(data));
        return new Snapshot.Edition("", classes(in), classes(in), 0);
    }

    private static void write(DataOutputStream out, Map<String, byte[]> classes)
            throws IOException {
        out.writeInt(classes.size());
        for (Map.Entry<String, byte[]> each : classes.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeInt(each.getValue().length);
            out.write(each.getValue());
        }
    }

    private static Map<String, byte[]> classes(DataInputStream in) throws IOException {
        int count = in.readInt();
        Map<String, byte[]> found = new HashMap<>(2 * count);
        while (found.size() < count) {
            String name = in.readUTF();
            found.put(name, in.readNBytes(in.readInt()));
        }
        return found;
    }
}
