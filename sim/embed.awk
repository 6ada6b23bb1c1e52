# Text files as an array of C (sim/embed.h).
#
#   awk -f embed.awk -v array=NAME -v names='FILE ...' PATH...
#
# `names` says what each path is called, in their order. Every text ends in a newline, as files do.

BEGIN {
  split(names, name, " ")
  print "/* made by sim/embed.awk */"
  print "#include \"sim/embed.h\"\n"
  printf "extern const SimEmbedded %s[];\n", array
  printf "const SimEmbedded %s[] = {\n", array
}

FNR == 1 {
  printf "%s  {\"%s\",\n", (count > 0 ? "  },\n" : ""), name[++count]
}

{
  gsub(/\\/, "&&")
  gsub(/"/, "\\\"")
  gsub(/\t/, "\\t")
  gsub(/\r/, "\\r")
  printf "   \"%s\\n\"\n", $0
}

END {
  print "  },\n  {0, 0}};"
}
