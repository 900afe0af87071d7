# The parts of .ci/run: lanes, each with a limit, one deadline for all of them, and the counts. To be sourced; needs bash and GNU coreutils.

deadline=${deadline:-4500} # seconds from the start of the script
grace=${grace:-20}         # seconds between asking a lane to end and killing it
skip_status=77             # exit status of a lane if the machine lacks something it needs

passed=0
failed=0
skipped=0
declare -a table=()
running=
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; exit 130' INT TERM

# least=S limit=S [status=N] [show=no] lane NAME COMMAND…
#
# Runs the command and shows its output (show=no: only if it fails). The command counts as one check, and each of its mocha tests as another.
# The lane passes if the command exits with `status` (0). It may take `limit` seconds, but not more than are left: after that it is ended and fails.
# With fewer than `least` seconds left it could not finish in time, so it is skipped. A lane that exits with 77 also counts as skipped.
lane() {
  local name=$1 wanted=${status:-0} left=$((deadline - grace - SECONDS)) started=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if [ "$left" -lt "$least" ]; then
    record skipped "$name" "$started" "$((left > 0 ? left : 0)) s left, $least needed"
    return
  fi
  local seconds=$((limit < left ? limit : left)) log found
  log=$(mktemp)
  run_for "$seconds" "$log" "$@"
  found=$?
  count_tests "$log"
  if [ "$found" -eq "$wanted" ]; then
    record passed "$name" "$started"
  elif [ "$found" -eq "$skip_status" ]; then
    record skipped "$name" "$started" "see above"
  else
    [ "${show:-yes}" = yes ] || tail -n 50 "$log"
    [ "$found" -ne 124 ] || echo "Not finished after $seconds s."
    record failed "$name" "$started" "exit status $found"
  fi
  rm -f "$log"
}

# run_for SECONDS LOG COMMAND…: returns the command's status, 124 if it was ended. The output goes through a file, not a pipe:
# a process that is left behind would keep a pipe open, and this script would wait for it.
run_for() {
  local seconds=$1 log=$2 status shown=
  shift 2
  timeout --kill-after="$grace" "$seconds" "$@" >"$log" 2>&1 &
  running=$!
  if [ "${show:-yes}" = yes ]; then
    tail --lines=+1 --follow --sleep-interval=0.2 --pid="$running" "$log" &
    shown=$!
  fi
  wait "$running"
  status=$?
  [ -z "$shown" ] || wait "$shown"
  running=
  [ "$status" -ne 137 ] || status=124 # killed because it did not end when asked
  return "$status"
}

# count_tests LOG: adds the numbers that mocha prints at the end.
count_tests() {
  passed=$((passed + $(said passing "$1")))
  failed=$((failed + $(said failing "$1")))
  skipped=$((skipped + $(said pending "$1")))
}

said() {
  sed -n "s/^ *\([0-9]\+\) $1\b.*/\1/p" "$2" | tail -n 1 | grep . || echo 0
}

# record passed|failed|skipped NAME STARTED [WHY]
record() {
  local result=$1 name=$2 seconds=$((SECONDS - $3)) why=${4:-}
  case $result in
    passed) passed=$((passed + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) && echo "Skipped: $name${why:+ ($why)}." ;;
  esac
  [ "$result" != failed ] || result=FAILED
  table+=("$(printf '%-44s %-7s %5ds%s' "$name" "$result" "$seconds" "${why:+  $why}")")
}

# summary: prints the table and the line with the counts. Fails if a check failed.
summary() {
  printf '\n'
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}
