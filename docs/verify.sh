#!/bin/sh
# Verifies a golive log without golive (see log-format.md): sh verify.sh [--rehearsal] run.jsonl [allowed_signers [revoked_keys]]
# Needs sed, cut, tr, wc, od, base64, sha256sum, ssh-keygen, mktemp, rm. Exit: 0 SEALED, 10 OPEN, 20 INVALID, 21 UNTRUSTED or
# EXPIRED or REVOKED, 24 a sealed rehearsal (0 with --rehearsal), 3 called wrongly. Evidence and procedure are not looked at.
set -u; export LC_ALL=C TZ=UTC
if [ "${1:-}" = --rehearsal ]; then rehearsal=0; shift; else rehearsal=24; fi
log=${1:-} trusted=${2:-} revoked=${3:-} n=0 size=0 id='' last=0 seal='' verdict='' checklist='' dir=$(mktemp -d)
head=0000000000000000000000000000000000000000000000000000000000000000; trap 'rm -rf "$dir"' EXIT
form='^{"at":"\(....-..-..T..:..:..[.]...Z\)","body":{.*},"kind":"\([a-z.]*\)","prev":"\([0-9a-f]*\)",'
form=$form'"run":"\([a-z2-7-]*\)","seq":\([0-9]*\),"sid":"\(S[0-9a-f]*\)","v":1}$' low=$(printf '\001-\037')
kinds=' act.intent act.reconciled act.result anchor ask.answer attach checklist.amend clock.set gate.vote note phase.close phase.open rollback.close'
kinds=$kinds' rollback.open run.open run.pause run.resume run.stop seal session.close session.open session.revoke signoff step.attest step.claim'
kinds=$kinds' step.defer step.start step.takeover step.verdict step.waive value.set '
bad() { echo "INVALID at line $n (byte $size): $1"; exit 20; }; must() { reason=$1; shift; test "$@" || bad "$reason"; }
text() { printf '%s\n' "$1" | sed -nE 's/.*"'"$2"'":"(([^"\\]|\\.)*)".*/\1/p'; }; part() { printf '%s\n' "$1" | sed -n "s/.*$2.*/\\1/p"; }
digits() { printf '%s\n' "$1" | sed 's/[^0-9]//g'; }; bytes() { printf %s "$1" | base64 -d 2>/dev/null; }; sha() { sha256sum | cut -d' ' -f1; }
once() { must 'its base64 is not in standard form' "$(bytes "$1" | base64 -w0)" = "$1"; }
name() { printf 'S%s\n' "$(bytes "${1#* }" | sha | cut -c1-32)"; }; hex() { od -An -v -tx1 | tr -d ' \n'; }
armour() { printf '%s\n' '-----BEGIN SSH SIGNATURE-----' "$1" '-----END SSH SIGNATURE-----' >"$dir/sig"; }
same() { must "its $what says something else" "$1" = "$2"; }; subjects() { part "$said" '"subject":\[\(.*\)]}' | sed 's/{"digest":{"sha256":"\([0-9a-f]*\)"},"name":"\([^"]*\)"},*/\2 \1,/g'; }
before() { sed "$n,\$d" "$log"; }; copied() { own=$(part "$e" '"'"$1"'":\([^,]*\),'); same "${own:-$2}" "$2"; }
canonical() { # escapes, spaces and numbers in their only spelling; not looked at: that every key is there once, and their order
  must 'it is not canonical JSON' -z "$(case $1 in *[$low]*) echo control ;; esac; printf '%s\n' "$1" | sed -nE \
    's/\\(["\\bfnrt]|u00(0[0-7bef]|1[0-9a-f]))//g;/\\/p;s/"[^"]*"//g;/[^][{}:,0-9a-z-]|[0-9]e|-0|[^0-9]0[0-9]/p')"; }
vouch() { # ssh-keygen's word on the statement of kind $what; arguments are more options
  { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(bytes "$payload" | wc -c)"; bytes "$payload"; } | ssh-keygen \
    -Y verify -f "$people" -I "$who" -n "golive.$what" -s "$dir/sig" "-Overify-time=$(printf %s "$now" | cut -c1-14)" "$@" 2>&1
}
person() { # the statement of kind $1 by $2 in this line: does it agree with the line, and is its signer good?
  what=$1 who=$2 payload=$(text "$e" payload) sig=$(text "$e" sig) people=$trusted; said=$(bytes "$payload")
  signer=$(text "$said" signer); once "$payload"; once "$sig"; armour "$sig"; canonical "$said"
  own=$(bytes "${signer#* }" | hex) space=$(printf 'golive.%s' "$what" | hex) sig=$(bytes "$sig" | hex); rest=${sig#53534853494700000001????????"$own"}
  must "its $what names another key" "$rest" != "$sig"; sig=${rest#"$(printf %08x $((${#space} / 2)))${space}0000000000000006736861353132"}
  must "the signature of its $what does not fit" "${#sig} $(printf %.8s "$sig")" = "$((${#rest} - ${#space} - 36)) $(printf %08x $((${#sig} / 2 - 4)))"
  must "its $what is another's" "$(text "$said" predicateType) $(text "$said" run) $(text "$said" principal)" = "urn:golive:$what:1 $run $who"
  case $who in '' | -* | *[!A-Za-z0-9._+@:/=-]*) bad 'its name is not one' ;; esac
  must "its $what is signed by a session, not by a person" ! -e "$dir/$(name "$signer")"
  case $run in rehearsal-*) people=$dir/people; printf '%s %s\n' "$who" "$signer" >"$people" ;; esac
  if ! word=$(vouch); then
    case $run,$word in rehearsal-* | *incorrect\ signature*) bad "the signature of its $what does not fit" ;; esac
    case $word in *expired* | *yet\ valid*) verdict=${verdict:-EXPIRED} ;; *) verdict=${verdict:-UNTRUSTED} ;; esac
  elif [ -n "$revoked" ] && ! vouch -r "$revoked" >"$dir/word"; then verdict=${verdict:-REVOKED}; fi
}
about() { printf '%s\n' "$(text "$1" step)" "$(part "$1" '"attempt":\([^,]*\),')" "$2" "$3" "$4"; }
named() { # the sign-off that this line names is above it, and of the same step, attempt, decision, person and role
  word=$(part "$e" '"signoff":\([0-9-]*\)') decision=$(text "$e" decision) by=$(text "$e" second) role=$(text "$e" role)
  [ "$word" != -1 ] || return 0; must 'it names no sign-off above it' -e "$dir/word.$word"; [ "$kind" != step.attest ] || role=$(sed 1,4d "$dir/word.$word")
  what=sign-off; same "$(about "$e" "${decision:-${kind#step.}}" "${by:-$(text "$e" by)}" "$role")" "$(sed '' "$dir/word.$word")"
}
session() { # a session begins: its key, the grant for it, and the only form that its signatures can have
  key=$(text "$e" key); must 'its session was opened before, or has another key' "$(name "$key")" = "$sid" -a ! -e "$dir/$sid"
  printf '%s namespaces="golive.event" %s\n' "$sid" "$key" >"$dir/$sid"
  person grant "$(part "$e" '"key":"[^"]*","principal":"\([^"]*\)"')"
  same "$(text "$said" sid) $(text "$said" key) $(subjects)" "$sid $key session key $(bytes "${key#* }" | sha),"
  must 'its grant does not hold yet' "$now" -ge "$(digits "$(text "$said" from)")"
  digits "$(text "$said" until)" >"$dir/$sid.until"; printf '%s\n' "$who" >"$dir/$sid.who"
  { printf 'SSHSIG\0\0\0\001\0\0\0\063'; bytes "${key#ssh-ed25519 }"; printf '\0\0\0\014golive.event\0\0\0\0\0\0\0\006'
    printf 'sha512\0\0\0\123\0\0\0\013ssh-ed25519\0\0\0\100'; } | base64 -w0 | cut -c1-156 >"$dir/$sid.form"
}
for file in "$log" "${trusted:-/dev/null}" "${revoked:-/dev/null}"; do
  { [ -r "$file" ] && [ ! -d "$file" ]; } || { echo "cannot read ${file:-any log: say sh verify.sh run.jsonl}"; exit 3; }; done
[ -z "$(sed '/^ *#/d;s/^[[:space:]]*//;s/[[:space:]].*//;/[*?!]/!d' "${trusted:-/dev/null}")" ] || { echo "$trusted has patterns"; exit 3; }
while IFS= read -r line || [ -n "$line" ]; do
  n=$((n + 1)); must 'it is too long' ${#line} -le 65536; s=${line##*\"s\":\"} e=${line%,\"s\":\"*}
  s=${s%\"\}} e=${e#\{\"e\":}
  must 'it is not of the form {"e":{...},"s":"..."}' "{\"e\":$e,\"s\":\"$s\"}" = "$line"
  read -r at kind prev run seq sid <<FIELDS
$(printf '%s\n' "$e" | sed -n "s/$form/\\1 \\2 \\3 \\4 \\5 \\6/p")
FIELDS
  must 'it does not continue the line before it' "$prev ${seq:-none} $run" = "$head $((n - 1)) ${id:=$run}"
  now=$(digits "$at"); must 'its time is before that of the line before it' "${#now}" -eq 17 -a "$now" -ge "$last"
  canonical "$e"; case $kinds in *" $kind "*) ;; *) bad 'its kind is not known' ;; esac
  case $kind,$n in run.open,1 | session.open,*) session ;; run.open,* | *,1) bad 'run.open is the first line and no other' ;; esac
  must 'nobody opened its session' -e "$dir/$sid.until"; must 'its session had ended' "$now" -le "$(sed 1q "$dir/$sid.until")"
  once "$s"; must 'its signature is not in form' "${#s} $(printf %s "$s" | cut -c1-156)" = "244 $(sed 1q "$dir/$sid.form")"
  armour "$s"; printf %s "$e" | ssh-keygen -Y verify -f "$dir/$sid" -I "$sid" -n golive.event -s "$dir/sig" >"$dir/word" 2>&1 ||
    bad 'its signature does not fit'
  must 'it stands after the seal' -z "$seal"
  case $kind in
    run.open) checklist=$(text "$e" digest) ;;
    checklist.amend) checklist=$(text "$e" digest) word=$(part "$e" '"signoff":\([0-9]*\),"touched"') what=sign-off
      [ -z "$word" ] || { must 'it names no sign-off above it' -e "$dir/word.$word"
        same "$(printf '%s\n' checklist.amend 0 go "$(text "$e" second)" '')" "$(sed '' "$dir/word.$word")"; } ;;
    session.close) echo 0 >"$dir/$sid.until" ;;
    session.revoke) other=$(part "$e" '"sid":"\(S[0-9a-f]*\)"},"kind":'); echo 0 >"$dir/$other.until"
      must "it revokes somebody else's session" "$(sed 1q "$dir/$other.who")" = "$(sed 1q "$dir/$sid.who")" ;;
    gate.vote | step.waive | step.attest) named ;;
    signoff) person signoff "$(text "$e" principal)"
      for field in step role decision; do same "$(text "$said" $field)" "$(text "$e" $field)"; done
      seen=$(part "$said" '"seen":{"head":"\([0-9a-f]*","seq":[0-9]*\)}'); seen="${seen##*:} ${seen%%\"*}"
      copied attempt "$(part "$said" '"attempt":\([^,]*\),')"; copied seen "${seen%% *}"
      must 'its sign-off is for a line that is not in this log, or for another checklist' \
        "$(sed -n "/^$seen\$/p" "$dir/heads") $(subjects)" = "$seen seen ${seen#* },checklist $checklist,"
      about "$said" "$(text "$said" decision)" "$who" "$(text "$said" role)" >"$dir/word.$seq" ;;
    seal) person seal "$(text "$e" principal)"; seal=$(text "$e" result)
      over="$(text "$said" result) $(text "$said" head) $(subjects) $(part "$said" '"lines":\([0-9]*\),') $(part "$said" '"size":\([0-9]*\)}')"
      must 'its seal states another result, or is not over the lines before it' "$over" = "$seal $prev run.jsonl $(before | sha), $seq $size" ;;
  esac
  head=$(printf %s "$line" | sha) size=$((size + ${#line} + 1)) last=$now; printf '%s %s\n' "$seq" "$head" >>"$dir/heads"
done <"$log"
must 'the file ends within a line, or holds bytes that are no text' "$n" -gt 0 -a "$(wc -c <"$log")" -eq "$size"
echo "run $id, $n lines, head $((n - 1)):$head, result ${seal:-none}: compare them with what was noted elsewhere"
case ${verdict:-${seal:+SEALED}},$id in
  SEALED,rehearsal-*) echo 'SEALED rehearsal: whole, but nobody vouches for the key'; exit $rehearsal ;;
  SEALED,*) echo 'SEALED: whole, and its people are vouched for'; exit 0 ;;
  ,*) echo 'OPEN: it has no seal, so whether something was cut off its end cannot be told'; exit 10 ;;
  *) echo "$verdict: not everybody in it is vouched for"; exit 21 ;;
esac
