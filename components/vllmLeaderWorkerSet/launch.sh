set -u
trap 'exit 143' TERM INT
address=
until [ -n "$address" ]; do
  read -r address _ < <(getent hosts "$LWS_LEADER_ADDRESS") || true
  [ -n "$address" ] || sleep 1
done
echo "Group leader $LWS_LEADER_ADDRESS is $address." >&2
printf '%s\n' "$address" >"${TMPDIR:-/tmp}/vllm-eks-leader"
exec vllm serve "$@" --master-addr "$address"
