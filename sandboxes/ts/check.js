// `tsc --target esnext FILE` with the compiler and its library parsed once: this file stands behind
// typescript.js in a start-up snapshot of Node.js. Diagnostics go to stderr, exit statuses are tsc's.
const { startupSnapshot } = require("v8");

const LIBRARY = "/usr/share/nodejs/typescript/lib";
const options = ts.parseCommandLine(["--target", "esnext"]).options;
const parsed = new Map();
/** What the library declares for every file; a program may add to these, and break them. */
const declared = new Set();

function createProgram(file) {
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => parsed.get(name) ?? getSourceFile(name, ...rest);
  host.getCurrentDirectory = () => process.cwd();
  host.getDefaultLibLocation = () => LIBRARY;
  host.getDefaultLibFileName = (each) => `${LIBRARY}/${ts.getDefaultLibFileName(each)}`;
  return ts.createProgram([file], options, host);
}

function ownFiles(program) {
  return program.getSourceFiles().filter((file) => !parsed.has(file.fileName));
}

/** The files whose types can be wrong: not the library's, unless the program changes it. */
function suspects(program) {
  const own = ownFiles(program);
  const changes = (file) =>
    file.moduleAugmentations?.length > 0 ||
    (!ts.isExternalModule(file) && [...file.locals.keys()].some((name) => declared.has(name)));
  return own.length > 1 || own.some(changes) ? program.getSourceFiles() : own;
}

function check(program) {
  let found = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
  ];
  if (found.length === 0) {
    program.getTypeChecker();
    found = [...program.getGlobalDiagnostics()];
    if (found.length === 0) {
      found = suspects(program).flatMap((file) => [...program.getSemanticDiagnostics(file)]);
    }
  }
  return found;
}

function main() {
  const program = createProgram(process.argv.at(-1));
  const found = check(program);
  // File by file: to emit all at once is to check the library too.
  const emitted = ownFiles(program).map((file) => program.emit(file));
  const told = ts.sortAndDeduplicateDiagnostics([
    ...found,
    ...emitted.flatMap((each) => [...each.diagnostics]),
  ]);
  process.stderr.write(
    ts.formatDiagnostics(told, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => process.cwd(),
      getNewLine: () => "\n",
    }),
  );
  process.exitCode = told.length === 0 ? 0 : emitted.some((each) => each.emitSkipped) ? 1 : 2;
}

ts.sys.writeFile("/tmp/sample.ts", "const values: number[] = [1, 2].map((value) => value + 1);\n");
const sample = createProgram("/tmp/sample.ts");
const wrong = sample.getSemanticDiagnostics();
if (wrong.length > 0) throw new Error(ts.flattenDiagnosticMessageText(wrong[0].messageText, "\n"));
for (const file of sample.getSourceFiles()) {
  if (!file.fileName.startsWith(LIBRARY)) continue;
  parsed.set(file.fileName, file);
  for (const name of file.locals.keys()) declared.add(name);
}
startupSnapshot.setDeserializeMainFunction(main);
