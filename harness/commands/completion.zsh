#compdef loose
# Completion of ./loose for zsh: keep it as _loose in a folder of $fpath, or source it after compinit.

_loose_root() {
	local program=${(Q)_loose_service}
	print -r -- ${${program/#\~\//$HOME/}:A:h}
}

_loose_pitfalls() {
	local root=$(_loose_root)
	local -a names
	names=($root/chapters/[0-9]*/*/broken.c(N:h:t))
	_alternative 'pitfalls:pitfall:compadd -a names' 'files:path:_files'
}

_loose_programs() {
	local root=$(_loose_root)
	local -a names
	names=($root/solutions/*/*${line[1]:t}*/(also-right|wrong)/*.c(N:r))
	names=(broken fixed starter solution ${names#$root/solutions/*/*/})
	compadd -a names
}

_loose_sources() {
	_alternative 'files:C file:_files -g "*.[cao]"' 'pitfalls:exercise:_loose_pitfalls'
}

_loose() {
	local context state state_descr line _loose_service=$words[1]
	local -A opt_args
	local -a commands
	_arguments -C '(- *)--help[tell the commands]' '(- *)--version[tell the version]' \
		'1:command:->command' '*::operand:->operand' && return
	case $state in
# @table@
	esac
}

if [[ $funcstack[1] == _loose ]]; then
	_loose "$@"
else
	compdef _loose loose
fi
