# Runs one server and ends it when stdin closes. stdin is a pipe held by xtask,
# so the server goes when xtask goes, whatever ended it, kill -9 included.
#
# $1: seconds between TERM and KILL  $2: the data directory, removed at the end
# $3: sockets left elsewhere by a killed server, split at spaces  $4...: the server
grace=$1 data=$2 sockets=$3
shift 3

# This shell leads a process group of its own: 0 is the server's children, the
# watcher and the shell itself, and nothing else.
finish() {
    kill -s KILL "$watcher"
    rm -rf -- "$data" $sockets
    kill -s KILL 0
}

exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(
    # Nothing is ever written: the read returns at the end of the pipe.
    while read -r _; do :; done <&3
    kill -s TERM "$server"
    sleep "$grace"
    kill -s KILL "$server"
) &
watcher=$!
trap 'kill -s KILL "$server"; finish' HUP INT TERM
exec 3<&-
wait "$server"
echo "the server ended with status $?" >&2
finish
