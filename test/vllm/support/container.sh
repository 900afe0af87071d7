# container.sh FOLDER NAME PRIVILEGE… -- COMMAND…: process 1 of a pod's container, in namespaces that `unshare` has made. FOLDER holds what
# the kubelet would have prepared: `layer`, directories and files over the machine's root, which stands in for the image; `root`, where the
# container's root is put together; and `mounts`, a line for each mount: source, path in the container, option. PRIVILEGE are options of
# setpriv.
set -euo pipefail
folder=$1 root=$1/root name=$2
shift 2

printf %s "$name" >/proc/sys/kernel/hostname

mount -t overlay overlay -o "lowerdir=$folder/layer:/" "$root" # nothing can be written: there is no upper layer
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
while read -r source target option; do
  if [ "$source" = memory ]; then
    mount -t tmpfs -o "mode=1777,$option" memory "$root$target"
  else
    [ -d "$root$target" ] || [ -f "$root$target" ] || mkdir -p "$root$target"
    mount --bind "$source" "$root$target"
    [ "$option" = rw ] || mount -o "remount,bind,$option" "$root$target"
  fi
done <"$folder/mounts"

privilege=()
while [ "$1" != -- ]; do privilege+=("$1") && shift; done
shift
exec chroot "$root" setpriv "${privilege[@]}" "$@"
