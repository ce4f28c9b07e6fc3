# parse.jl FILE: fail, as Julia does before it runs a file, if FILE is not Julia.

wrong(found) = found isa Expr && (found.head in (:error, :incomplete) || any(wrong, found.args))

function first_error(found)
    found.head in (:error, :incomplete) && return found.args[1]
    first_error(found.args[findfirst(wrong, found.args)])
end

# A program's own `Expr(:error)` is a call, so only the parser makes such a head.
parsed = Base.parse_input_line(read(ARGS[1], String); filename = ARGS[1])
if wrong(parsed)
    println(stderr, "syntax: ", first_error(parsed))
    exit(1)
end
