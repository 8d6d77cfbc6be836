# Completion of ./loose for bash: source it, or keep it as ~/.local/share/bash-completion/completions/loose

# Adds to the answer what compgen makes of these arguments.
_loose_add() {
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$word")
}

# A folder gets a slash and no blank after it.
_loose_files() {
	compopt -o filenames 2>/dev/null
	_loose_add "$@"
}

# Names of pitfalls, with their chapters if that is how the word begins.
_loose_pitfalls() {
	local file names=()
	for file in "$root"/chapters/[0-9]*/*/broken.c; do
		file=${file%/broken.c}
		case $word in
		[0-9]*) names+=("${file#"$root"/chapters/}") ;;
		*) names+=("${file##*/}") ;;
		esac
	done
	_loose_add -W "${names[*]}"
}

# Those of the pitfall before.
_loose_programs() {
	local file pitfall=${operands[0]%/} names=(broken fixed starter solution)
	for file in "$root"/solutions/*/*"${pitfall##*/}"*/{also-right,wrong}/*.c; do
		file=${file%.c}
		[ ! -e "$file.c" ] || names+=("${file#"$root"/solutions/*/*/}")
	done
	_loose_add -W "${names[*]}"
}

# @table@

_loose() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} root before='' text i operands=()
	local options='' files='' detectors='' others='' kinds=()
	COMPREPLY=()
	root=$(dirname -- "$(readlink -f -- "$(type -P -- "${1/#\~\//$HOME/}")")")
	if [ "$COMP_CWORD" -eq 1 ]; then
		_loose_add -W "$_loose_commands --help --version"
		return
	fi
	_loose_table
	# The option whose value is in hand. Bash takes a '=' for a word of its own.
	[ "$word" != = ] || word=''
	for ((i = 2; i < COMP_CWORD; i++)); do
		text=${COMP_WORDS[i]}
		case $text in
		=) ;;
		--)
			_loose_files -f
			return
			;;
		-*)
			before=''
			case " $files $detectors $others " in *" $text "*) before=$text ;; esac
			;;
		*)
			[ -n "$before" ] || operands+=("$text")
			before=''
			;;
		esac
	done
	if [ -n "$before" ]; then
		case " $files " in *" $before "*) _loose_files -f ;; esac
		case " $detectors " in *" $before "*) _loose_add -W "$_loose_detectors" ;; esac
		return
	fi
	case $word in
	-*)
		_loose_add -W "$options --help"
		return
		;;
	esac
	i=${#operands[@]}
	[ "$i" -lt 2 ] || i=1
	case ${kinds[i]:-} in
	pitfall)
		_loose_pitfalls
		[ ${#COMPREPLY[@]} -gt 0 ] || _loose_files -f
		;;
	program) _loose_programs ;;
	source)
		_loose_files -f -X '!*.[cao]'
		_loose_add -d
		[ ${#COMPREPLY[@]} -gt 0 ] || _loose_pitfalls
		;;
	shell) _loose_add -W 'bash zsh' ;;
	esac
}

complete -F _loose loose
