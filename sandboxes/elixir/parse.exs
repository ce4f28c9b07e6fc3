# Whether a file can be parsed. To run it would compile and load it, tests and all.
[file] = System.argv()
Code.string_to_quoted!(File.read!(file), file: file, emit_warnings: false)
