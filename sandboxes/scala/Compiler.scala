import java.io.{BufferedInputStream, BufferedOutputStream, ByteArrayOutputStream}
import java.io.{DataInputStream, DataOutputStream, EOFException, PrintStream}
import java.nio.ByteBuffer
import java.nio.charset.StandardCharsets.UTF_8
import scala.reflect.internal.util.BatchSourceFile
import scala.reflect.io.{AbstractFile, VirtualDirectory, VirtualFile}
import scala.tools.nsc.{Global, MainClass, Settings}
import scala.tools.nsc.util.ClassPath
import scala.tools.util.PathResolver

/**
 * A scalac that stays: it answers one request after another as the command would, from memory to
 * memory. See "Warm compilers" in docs/languages.md for what it reads and writes. Where it has no
 * answer that is surely the command's own, it ends, and the command itself is run.
 */
object Compiler {
  private val Command = "scala.tools.nsc.Main"

  private type Files = Map[String, Array[Byte]]
  private type Libraries = ClassPath[AbstractFile]

  def main(args: Array[String]): Unit = {
    val in = new DataInputStream(new BufferedInputStream(System.in))
    val out = new DataOutputStream(new BufferedOutputStream(System.out))
    System.setOut(System.err)
    // What every compilation reads, and none changes.
    val libraries = new PathResolver(new Settings { classpath.value = commandPath }).result
    write(out, Nil)
    try {
      while (true) write(out, answer(read(in), libraries))
    } catch {
      case _: EOFException => // Nothing more is asked.
    }
  }

  /** The command's class path: what stands behind this program's own. */
  private def commandPath: String =
    System.getProperty("java.class.path").split(":").tail.mkString(":")

  private def answer(request: Seq[Array[Byte]], libraries: Libraries): Seq[Array[Byte]] = {
    val files: Files = request.tail.grouped(2).map(part => text(part(0)) -> part(1)).toMap
    val arguments = text(request.head).split('\u0000').dropWhile(_ != Command).tail
    val said = new ByteArrayOutputStream
    val compiler = new InMemory(files, libraries)
    Console.withErr(new PrintStream(said, true, System.err.charset)) {
      compiler.process(arguments)
    }
    val status = if (compiler.reporter.hasErrors) "1" else "0"
    val made = all(compiler.output, "").flatMap { case (name, data) => Seq(bytes(name), data) }
    Seq(bytes(status), Array.empty[Byte], said.toByteArray) ++ made
  }

  private def all(folder: AbstractFile, path: String): Seq[(String, Array[Byte])] =
    folder.toSeq.flatMap { file =>
      val name = path + file.name
      if (file.isDirectory) all(file, name + "/") else Seq(name -> file.toByteArray)
    }

  private def bytes(text: String): Array[Byte] = text.getBytes(UTF_8)

  /** Raises for what is not UTF-8: only the command has the right words for it. */
  private def text(data: Array[Byte]): String =
    UTF_8.newDecoder.decode(ByteBuffer.wrap(data)).toString

  private def read(in: DataInputStream): Seq[Array[Byte]] =
    Vector.fill(in.readInt())(in.readNBytes(in.readInt()))

  private def write(out: DataOutputStream, parts: Seq[Array[Byte]]): Unit = {
    out.writeInt(parts.size)
    for (part <- parts) {
      out.writeInt(part.length)
      out.write(part)
    }
    out.flush()
  }

  /** One compilation: nothing of it is left for the next. */
  private class InMemory(files: Files, libraries: Libraries) extends MainClass {
    val output = new VirtualDirectory("output", None)

    override def newCompiler(): Global = {
      settings.outputDirs.setSingleOutput(output)
      new Global(settings, reporter) {
        override lazy val platform: ThisPlatform = new GlobalPlatform {
          override def classPath = libraries
        }
      }
    }

    override def doCompile(compiler: Global): Unit = {
      val sources = command.files.map { name =>
        new BatchSourceFile(new VirtualFile(name), text(files(name)).toCharArray)
      }
      new compiler.Run().compileSources(sources)
      reporter.printSummary()
    }
  }
}
