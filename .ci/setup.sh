# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with `run` and `check`
#
# What `run` and `check` share: which programs and libraries are missing, installing them,
# configuring and building. It is sourced by bash with $root set to the project's folder.
#
# A need is looked for by what it can do (a program on the PATH, a module that pkg-config knows),
# not by the name of a package, so that a compiler or a gnuplot installed in another way counts.
# Names of packages matter only for what is missing then. Everything said here goes to the
# standard error: the standard output belongs to the simulator and the tests.

say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "$@"
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# The needs, a name each; what they mean is in has_need and package_of below.
needs_to_build='cc meson ninja pkg-config glib json-glib lua pcap sqlite random123'
needs_to_draw='gnuplot'
needs_to_test='clang tshark rsvg-convert pdftotext'
needs_of_lab='libsoup'
wanted_to_test='openmpi metis slurm sqlite3 valgrind libfuzzer libsoup chromium' # tests of theirs skip where they are not
wanted_at_night='clang-tidy cppcheck gcovr' # what .ci/night has besides

ninja_program() {
  local name
  for name in ninja ninja-build samu; do
    have "$name" && echo "$name" && return
  done
  return 1
}

# One file through the preprocessor: tells that the compiler and the headers are both there.
has_header() {
  echo "#include <$1>" | "${CC:-cc}" -E -xc - >/dev/null 2>&1
}

is_ubuntu() {
  grep -q "^ID=ubuntu" /etc/os-release 2>/dev/null
}

has_need() {
  case $1 in
  cc) has_header stdlib.h ;; # a compiler without the C library's headers is of no use
  ninja) ninja_program >/dev/null ;;
  glib) pkg-config --exists glib-2.0 gio-unix-2.0 2>/dev/null ;;
  json-glib) pkg-config --exists json-glib-1.0 2>/dev/null ;;
  lua)
    pkg-config --exists lua5.4 2>/dev/null || pkg-config --exists lua-5.4 2>/dev/null ||
      pkg-config --exists 'lua >= 5.4' 'lua < 5.5' 2>/dev/null
    ;;
  pcap) pkg-config --exists libpcap 2>/dev/null ;;
  sqlite) pkg-config --exists sqlite3 2>/dev/null ;;
  libsoup) pkg-config --exists libsoup-3.0 2>/dev/null ;;
  openmpi) have mpirun && { pkg-config --exists ompi-c 2>/dev/null || have mpicc; } ;;
  metis) has_header metis.h ;;
  slurm) have sbatch && have slurmctld && have slurmd && have munged ;;
  # Ubuntu has it only as a snap, which a container cannot install: the tests skip.
  chromium) have chromium || have chromium-browser || have google-chrome || is_ubuntu ;;
  random123) has_header Random123/philox.h ;;
  libfuzzer) # of clang, in a package of its own on some systems
    echo 'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return 0; }' |
      clang -fsanitize=fuzzer -xc -o /dev/null - >/dev/null 2>&1
    ;;
  *) have "$1" ;;
  esac
}

# package_of SYSTEM NEED: the packages that bring it.
package_of() {
  case $1:$2 in
  debian:cc) echo gcc libc6-dev ;;
  debian:ninja) echo ninja-build ;;
  debian:glib) echo libglib2.0-dev ;;
  debian:json-glib) echo libjson-glib-dev ;;
  debian:lua) echo liblua5.4-dev ;;
  debian:pcap) echo libpcap-dev ;;
  debian:sqlite) echo libsqlite3-dev ;;
  debian:libsoup) echo libsoup-3.0-dev ;;
  debian:openmpi) echo libopenmpi-dev openmpi-bin ;;
  debian:metis) echo libmetis-dev ;;
  debian:slurm) echo slurm-wlm munge ;;
  debian:random123) echo librandom123-dev ;;
  debian:gnuplot) echo gnuplot-nox ;;
  debian:rsvg-convert) echo librsvg2-bin ;;
  debian:pdftotext) echo poppler-utils ;;
  debian:libfuzzer) echo "libclang-rt-$(clang -dumpversion 2>/dev/null | cut -d. -f1)-dev" ;;

  fedora:cc) echo gcc ;;
  fedora:ninja) echo ninja-build ;;
  fedora:pkg-config) echo pkgconf-pkg-config ;;
  fedora:sqlite) echo sqlite-devel ;;
  fedora:libsoup) echo libsoup3-devel ;;
  fedora:openmpi) echo openmpi-devel ;;
  fedora:metis) echo metis-devel ;;
  fedora:slurm) echo slurm-slurmctld slurm-slurmd munge ;;
  fedora:sqlite3) echo sqlite ;;
  fedora:glib) echo glib2-devel ;;
  fedora:json-glib) echo json-glib-devel ;;
  fedora:lua) echo lua-devel ;;
  fedora:pcap) echo libpcap-devel ;;
  fedora:random123) echo Random123-devel ;;
  fedora:tshark) echo wireshark-cli ;;
  fedora:rsvg-convert) echo librsvg2-tools ;;
  fedora:pdftotext) echo poppler-utils ;;

  arch:cc) echo gcc ;;
  arch:pkg-config) echo pkgconf ;;
  arch:sqlite | arch:sqlite3) echo sqlite ;;
  arch:libsoup) echo libsoup3 ;;
  arch:slurm) echo slurm-llnl munge ;;
  arch:glib) echo glib2-devel ;;
  arch:lua) echo lua54 ;;
  arch:pcap) echo libpcap ;;
  arch:tshark) echo wireshark-cli ;;
  arch:rsvg-convert) echo librsvg ;;
  arch:pdftotext) echo poppler ;;

  brew:cc) echo gcc ;;
  brew:pkg-config) echo pkgconf ;;
  brew:openmpi) echo open-mpi ;;
  brew:sqlite3) echo sqlite ;;
  brew:lua) echo lua@5.4 ;;
  brew:pcap) echo libpcap ;;
  brew:clang) echo llvm ;;
  brew:tshark) echo wireshark ;;
  brew:rsvg-convert) echo librsvg ;;
  brew:pdftotext) echo poppler ;;

  *) echo "$2" ;;
  esac
}

# packages_of SYSTEM NEED...: all of them on one line.
packages_of() {
  local system=$1 need line=
  shift
  for need in "$@"; do
    line+=" $(package_of "$system" "$need")"
  done
  printf '%s\n' "${line# }"
}

install_with_apt() {
  local packages as_root=() log
  packages=$(packages_of debian "$@")
  say "Not installed yet: $packages"
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "Run this as root, then try again:  apt-get install $packages"
    as_root=(sudo)
    say "Installing with apt-get, as root through sudo (a minute or two) ..."
  else
    say "Installing with apt-get (a minute or two) ..."
  fi
  log=$(mktemp)
  # Names of packages have no spaces: they are meant to be split.
  # shellcheck disable=SC2086
  if ! {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        -o DPkg::Lock::Timeout=300 --no-install-recommends install $packages
  } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get could not install: $packages"
  fi
  rm -f "$log"
}

# need NEED...: installs what is missing, or says what to install where there is no apt-get.
need() {
  local name missing=()
  for name in "$@"; do
    has_need "$name" || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return

  if have apt-get; then
    install_with_apt "${missing[@]}"
    for name in "${missing[@]}"; do
      has_need "$name" ||
        die "$name is still not usable with $(package_of debian "$name") installed." \
          "Is another one first on the PATH or in PKG_CONFIG_PATH?"
    done
    return
  fi
  say "Roundtrip needs what is missing here: ${missing[*]}"
  say "  Debian, Ubuntu:  apt-get install $(packages_of debian "${missing[@]}")"
  say "  Fedora:          dnf install $(packages_of fedora "${missing[@]}")"
  say "  Arch:            pacman -S $(packages_of arch "${missing[@]}")"
  say "  Homebrew:        brew install $(packages_of brew "${missing[@]}")"
  say "Random123 is a library of headers only: where it has no package, its folder may be put into"
  say "/usr/local/include."
  die "Install what is missing and try again."
}

# want NEED...: the same, but where there is no apt-get one goes on without.
want() {
  ! have apt-get || need "$@"
}

# A folder that was configured and not broken off half-way, and not before the project was moved
# or copied from elsewhere, since the old place stands in its build files. One that was configured
# by hand has no such note and is taken as it is, with its options.
# Not one that was left in the middle of training, whose program counts.
is_configured() {
  [ -f "$1/build.ninja" ] && ! grep -q -e -fprofile-generate "$1/build.ninja" &&
    { [ ! -f "$1/configured-for" ] || [ "$(<"$1/configured-for")" = "$root" ]; }
}

# Libraries of which the program has a module where they are.
modules_possible() {
  local name line=
  for name in openmpi metis libsoup; do
    has_need "$name" && line+=" $name"
  done
  printf '%s\n' "$line"
}

# `run` configures before the libraries are there that only `check` installs.
is_configured_with_all() {
  [ -f "$1/configured-with" ] && [ "$(<"$1/configured-with")" = "$(modules_possible)" ]
}

# configure DIR [MESON-OPTION]...: quiet unless it fails. Headers are precompiled but for clang, so that a file
# that does not include what it needs is found.
configure() {
  local dir=$1 wipe=() log
  shift
  [[ ${CC:-cc} == *clang* ]] || set -- -Db_pch=true "$@"
  [ -f "$dir/meson-private/coredata.dat" ] && wipe=(--wipe)
  log=$(mktemp)
  if ! meson setup "${wipe[@]}" "$@" "$dir" "$root" </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "meson could not configure $dir."
  fi
  rm -f "$log"
  printf '%s\n' "$root" >"$dir/configured-for"
  modules_possible >"$dir/configured-with"
}

# set_option DIR OPTION: turns it on in a build that was made without.
set_option() {
  meson configure "$1" 2>/dev/null | grep -qE "^ *$2 +true" || meson configure "$1" "-D$2=true" >/dev/null
}

# compile DIR [TARGET]...: 0 when it is built; what ninja printed is in $build_output.
compile() {
  local dir=$1
  shift
  build_output=$("$(ninja_program)" -C "$dir" "$@" 2>&1 </dev/null)
}

# configure_trained DIR [MESON-OPTION]...: makes the optimised program of DIR count its branches in short
# runs (tests/bench/train), so that it is compiled with these counts from then on: W1, W2 and W4 take
# a fifth to a quarter less time. Once a folder; what is changed later is compiled without them. Other compilers
# than gcc go without. Where a run goes wrong, so does the program: what tests it will say how.
configure_trained() {
  local dir=$1 program=scenarios/runner/roundtrip
  shift
  if ! "${CC:-cc}" --version 2>/dev/null | grep -q "Free Software Foundation"; then
    configure "$dir" "$@"
    return
  fi
  configure "$dir" -Dprofile=make "$@"
  # A cached object has no counts beside it.
  CCACHE_DISABLE=1 compile "$dir" "$program" ||
    { say "$build_output" && return 1; }
  "$root/tests/bench/train" "$dir/$program" || say "The training failed."
  meson configure "$dir" -Dprofile=use >/dev/null
}
