(* Types a script as `ocaml FILE` would, and runs none of it. *)

(* What a script loads brings names that it uses. *)
let phrase env = function
  | Parsetree.Ptop_dir _ as directive ->
      ignore (Toploop.execute_phrase false Format.err_formatter directive);
      !Toploop.toplevel_env
  | Parsetree.Ptop_def structure ->
      let _, _, _, _, next = Typemod.type_toplevel_phrase env structure in
      Toploop.toplevel_env := next;
      next

let () =
  let file = Sys.argv.(1) in
  Location.input_name := file;
  Compmisc.init_path ();
  Toploop.initialize_toplevel_env ();
  let channel = open_in_bin file in
  try
    let lexbuf = Lexing.from_channel channel in
    Location.init lexbuf file;
    ignore (List.fold_left phrase !Toploop.toplevel_env (Parse.use_file lexbuf))
  with error ->
    Location.report_exception Format.err_formatter error;
    exit 2
