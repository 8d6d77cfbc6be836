# The only place with compiler flags. The harness asks it for programs by path:
#   build/FLAVOUR/bin/SOURCE-WITHOUT-.c     FLAVOUR is plain, tsan or trace
# CC compiles the programs under test (ThreadSanitizer needs clang), HARNESS_CC the kit's own tools.
# One file, above 500 lines: flags that stand in two places come apart, and most rules here are about flags.

CC := clang
HARNESS_CC ?= clang
WERROR ?=
ifdef CI
WERROR := -Werror
endif
V ?=
Q := $(if $(V),,@)
MAKEFLAGS += -rR
.DELETE_ON_ERROR:
.SECONDEXPANSION:

POSIX := -std=c11 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wpedantic $(WERROR)

# --- programs under test -------------------------------------------------------------------------------------------

# -O0: an optimiser may remove the race that the reader is to see. DWARF 4: Valgrind 3.19 cannot read clang's DWARF 5.
# aranges: libdwfl finds the source of an address by them, and clang leaves them out.
# A verdict rests on those BY_HAND: the texts show them to a reader who compiles without us.
BY_HAND := -O0 -g -gdwarf-4 -pthread -Ichapters
PROGRAM_CFLAGS := $(POSIX) $(BY_HAND) -gdwarf-aranges -fno-omit-frame-pointer -Wall -Wextra $(WERROR) -MMD -MP
# The detectors say which of these they need; a test holds the two together.
FLAVOURS := plain tsan trace
plain_FLAGS :=
tsan_FLAGS := -fsanitize=thread
# A call before each load and store, and nothing else: clang wants to be told of a function's coverage too.
# The copy of a struct is neither: of the passes that make a call of it, ThreadSanitizer's does nothing else, when told so.
trace_FLAGS := -fsanitize-coverage=func,trace-loads,trace-stores -Xclang -fsanitize=thread \
	-mllvm -tsan-instrument-memory-accesses=0 -mllvm -tsan-instrument-func-entry-exit=0 -mllvm -tsan-instrument-atomics=0
# The runtime looks this hook up by name.
tsan_LDFLAGS := -fsanitize=thread -Wl,--export-dynamic-symbol=__tsan_on_finalize
# To link the sanitizer's runtime takes GNU ld most of what a program's build takes, and gold a third of that, where it is.
tsan_LDFLAGS += $(if $(wildcard /usr/bin/ld.gold),-fuse-ld=gold)
# What the program itself calls goes through the tracer; what a library calls does not.
TRACED := main exit _exit pthread_create pthread_join pthread_detach pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock \
	pthread_cond_wait pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast malloc calloc realloc free memcpy \
	memset schedule_reached schedule_await schedule_leaving schedule_await_gone schedule_await_blocked gate_open gate_wait \
	stop_request stop_wait queue_put queue_offer queue_take queue_poll queue_close
trace_LDFLAGS := $(TRACED:%=-Wl,--wrap=%)
# The runner of tests asks for their section. A test that calls exit() has not passed. What a test may meet is in kit/unlucky.c
# and runtime/delays.c.
# Whether Criterion's own libraries are whole is not asked: the linker would read them all, which takes as long as the rest.
TEST_LDFLAGS := -Wl,--export-dynamic-symbol=loose_test_sections,--export-dynamic-symbol=loose_begins_late,--export-dynamic-symbol=loose_ends_late,--wrap=exit,--wrap=_exit,--wrap=_Exit,--wrap=quick_exit \
	-Wl,--wrap=pthread_cond_wait,--wrap=pthread_cond_timedwait,--wrap=pthread_mutex_lock,--wrap=pthread_create,--wrap=sem_wait \
	-lcriterion -Wl,--allow-shlib-undefined

# What a submission that is graded is linked with beside what every exercise is.
GRADED_RUNTIME := harness/runtime/hooks.o
# What it defines is for its test, and for no library that happens to ask for the same name. Warnings have no end, errors have.
GRADED_CFLAGS := -fvisibility=hidden -w

# Libraries that a pitfall's programs use, by the pitfall's path, or one program, by its own.
LIBS_05-shutdown/shutdown-order := -lsqlite3
LIBS_05-shutdown/http-drain := -lmicrohttpd
# Programs that call something of kit/metrics.h.
LIBS_04-leak-budget/alert := -lmicrohttpd
LIBS_harness/tests/programs/exposes := -lmicrohttpd

# chapters/NN-name/pitfall/x and the like, build/mutants/NN-name/pitfall/x too: NN-name/pitfall
pitfall = $(call second,$(patsubst build/%,%,$1))
second = $(word 2,$(subst /, ,$1))/$(word 3,$(subst /, ,$1))
libs = $(LIBS_$(call pitfall,$1)) $(LIBS_$1)

KIT := $(patsubst %.c,%.o,$(wildcard chapters/kit/*.c))
plain_RUNTIME :=
tsan_RUNTIME := harness/runtime/tsan_report.o harness/runtime/sender.o
trace_RUNTIME := $(patsubst %.c,%.o,$(wildcard harness/runtime/tracer/*.c))
TEST_RUNTIME := harness/runtime/early_exit.o harness/runtime/criterion_results.o harness/runtime/sender.o \
	harness/runtime/runner/sections.o harness/runtime/delays.o

CHAPTER_PROGRAMS := $(patsubst %.c,%,$(wildcard chapters/*/*/broken.c chapters/*/*/fixed.c))
LAB_PROGRAMS := $(patsubst %.c,%,$(wildcard chapters/04-leak-budget/alert/*.c))
SINGLE_PROGRAMS := $(CHAPTER_PROGRAMS) $(LAB_PROGRAMS) $(patsubst %.c,%,$(wildcard harness/selftest/*.c harness/tests/programs/*.c))
# Tests of every outcome, for the tests of runtime/runner.
OUTCOME_PROGRAMS := $(patsubst %.c,%,$(wildcard harness/tests/outcomes/*.c))
TEST_PROGRAMS := $(patsubst %.c,%,$(filter-out %/test.c,$(wildcard exercises/*/*/*.c)) \
	$(wildcard solutions/*/*/*.c solutions/*/*/also-right/*.c solutions/*/*/wrong/*.c))
# Those of the reader that are asked for: what else lies there may have any name.
READER_PROGRAMS := $(sort $(foreach one,$(FLAVOURS),$(patsubst ready/build/$(one)/bin/%,%,$(filter ready/build/$(one)/bin/work/%,$(MAKECMDGOALS)))))

# Mutants stand in the place of an exercise's file, as a wrong fix does, and so do submissions that are graded. The harness
# writes them, and asks for each by name.
GOALS := $(patsubst ready/%,%,$(MAKECMDGOALS))
MUTANTS := $(foreach one,$(FLAVOURS),$(filter build/$(one)/bin/build/mutants/%,$(GOALS)))
SUBMISSIONS := $(foreach one,$(FLAVOURS),$(filter build/$(one)/bin/build/submissions/%,$(GOALS)))

# A program of a chapter may have more files: those in the directory of its name, and in shared/ what its pair has in common.
parts = $(patsubst %.c,%.o,$(wildcard $1/*.c $(dir $1)shared/*.c))
# They change when a file is taken away, and nothing else would tell that a program must be linked without it.
rooms = $(wildcard $1/. $(dir $1)shared/.)

# Compiles and keeps the compiler's words beside the result, for the harness to show. What does not compile leaves nothing
# of an earlier time: by that the harness knows whose words tell why a program was not built.
# A mutant is refused by its judges, not by a warning, and a submission too.
compile = $(Q)[ -d $(@D) ] || mkdir -p $(@D); $(if $(filter build/submissions/%,$<),$(call expand,$1,$(call pitfall,$<),$<,$@) 2>$@.log &&) \
	$(CC) $(PROGRAM_CFLAGS) $(if $(filter build/mutants/% build/submissions/%,$<),-Wno-error) $(if $(filter build/submissions/%,$<),$(GRADED_CFLAGS)) $($1_FLAGS) -Iexercises/$(call pitfall,$<) -c $< -o $@ \
	2>$@.log $(if $(filter build/submissions/%,$<),&& $(call only_asked_for,$1,$(call pitfall,$<),$@) 2>>$@.log) || { rm -f $@; cat $@.log >&2; exit 1; }
# What of a submission is linked, beside its object, at which the gate looks: nothing in it is found by name but what the exercise's
# headers speak of. A sanitizer's runtime, the kit and the libraries have names that anybody may write, and would call what has them.
# Where that fails it is the machine's fault, in the words of a compiler whose linker is killed.
only_asked_for = { objcopy --keep-global-symbols=build/$1/obj/exercises/$2/names $3 $3.linked || \
	{ echo 'the compiler or linker command failed due to signal' >&2; false; }; }
# What the preprocessor leaves of a submission, beside its object: the gate looks at it (harness/grading/built.h). What is wrong
# with the source the compiler says better; what has no end is not compiled, nor what the preprocessor itself does not survive:
# clang takes as much of its stack as there are lines that a backslash joins.
# A shell of its own waits for it: what a shell says of a signal ("File size limit exceeded") would be taken for the machine's fault.
expand = { (ulimit -f 32768; ulimit -t 5; $(CC) $(filter-out -MMD -MP,$(PROGRAM_CFLAGS)) -w $($1_FLAGS) -Iexercises/$2 -E $3 -o $4.i; exit $$?) 2>$4.i.log; \
	status=$$?; case $$status in [01]) ;; 137|152|153) echo 'error: what the preprocessor leaves of it has no end' >&2; false;; \
	*) grep -m 1 '^LLVM ERROR' $4.i.log >&2 || echo "error: the preprocessor does not survive it (status $$status); write it in fewer and plainer lines" >&2; false;; \
	esac; }
# What of ours runs inside the programs: no detector is to watch it, and no call of memcpy() is to be made of its loops.
RUNTIME_CFLAGS := $(POSIX) -Iharness -O1 -g -gdwarf-4 -gdwarf-aranges -fno-omit-frame-pointer -fno-builtin -fno-stack-protector $(WARN) -MMD -MP
compile_runtime = $(Q)mkdir -p $(@D); rm -f $@; $(CC) $(RUNTIME_CFLAGS) -c $< -o $@ 2>$@.log || { cat $@.log >&2; exit 1; }
# Under another name until it is whole: a linker that is killed leaves half a program, which make would take for a new one.
link = $(Q)[ -d $(@D) ] || mkdir -p $(@D); $(CC) $($1_FLAGS) -pthread -o $@.new $(patsubst build/$1/obj/build/submissions/%.o,build/$1/obj/build/submissions/%.o.linked,$(filter %.o %.a,$^)) $($1_LDFLAGS) $2 \
	2>$@.log && mv $@.new $@ || { rm -f $@ $@.new; cat $@.log >&2; exit 1; }

# A program from anywhere, for `loose check`: OWN is a directory for what is made, WORDS its files and the reader's flags,
# FROM where the reader is. As cc does; or else with _GNU_SOURCE, should something be declared only with it (defined like
# that from the start, it changes what strerror_r() and others mean); or else as cc does, whatever it says. A warning is
# no reason not to judge. A compiler that was killed is not asked again. What the detectors need stands last.
OWN_CFLAGS := -std=gnu17 -pthread -Wall -Wsource-uses-openmp
OWN_LAST := -Wno-error -idirafter $(CURDIR)/chapters -fno-sanitize=all -g -gdwarf-4 -gdwarf-aranges -fno-omit-frame-pointer
own = $(Q)cd $(FROM) && for how in -Werror=implicit-function-declaration \
	'-Werror=implicit-function-declaration -D_GNU_SOURCE=' ''; do \
	$(CC) $(OWN_CFLAGS) -O0 $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $$how -o $(CURDIR)/$@ $(WORDS) $(OWN_LAST) $($1_FLAGS) \
	$(addprefix $(CURDIR)/,$^) $($1_LDFLAGS) $(LDLIBS) -lm 2>$(CURDIR)/$@.log && exit; [ $$? -eq 1 ] || break; done; \
	cat $(CURDIR)/$@.log >&2; exit 1

# How the compiler would call the linker for a test program, asked once: to start it for nothing else takes longer than to link.
# Without an end of its line: GNU make 4.3 takes that away of what it reads, or not, as its memory happens to lie.
# What does not link so is linked as ever: another compiler library may have come since, and the words are the compiler's.
linker = $(Q)mkdir -p $(@D); env -u LIBRARY_PATH $(CC) -\#\#\# $($1_FLAGS) -pthread -o OUT $< $($1_LDFLAGS) $(TEST_LDFLAGS) -lLIBS 2>&1 | \
	sed -n '$$s|"$<"|OBJECTS|p' | tr -d '\n' >$@.new && mv $@.new $@
# Of flavour, objects and libraries.
link_test = { $(or $(subst "OUT",$@,$(subst OBJECTS,$2,$(subst "-lLIBS",$3,$(file <build/$1/obj/harness/runtime/linker)))),false) 2>$@.linker && \
	{ [ ! -s $@.linker ] || cat $@.linker >&2; } || \
	$(CC) $($1_FLAGS) -pthread -o $@ $2 $($1_LDFLAGS) $(TEST_LDFLAGS) $3; }

# What is killed, by signal 9, says nothing of it itself; what dies of another one does. Where its time is limited, as in a
# sandbox, it was too long at this source; elsewhere it is the machine's fault, in the words of a compiler whose linker is killed.
killed = { [ $$? -ne 137 ] || if [ "$$(ulimit -t)" = unlimited ]; then echo 'the compiler or linker command failed due to signal'; \
	else echo "error: the compiler was killed, as it is here after $$(ulimit -t) s of processor time"; fi >&2; false; }
# A compiler that makes a larger file than it may dies of signal 25 or says so, by its version. Where the size is limited, as in
# a sandbox, that is the source's fault; what a shell says of the signal would be taken for the machine's.
limited = ($1; exit $$?) 2>$@.limited.log; status=$$?; \
	if [ $$status -eq 153 ] && [ "$$(ulimit -f)" != unlimited ]; \
	then echo "error: what the compiler makes of it is larger than the $$(($$(ulimit -f) / 2048)) MiB that a file may have here"; \
	else cat $@.limited.log; fi >&2; (exit $$status)
# The same for a file of an exercise that stands anywhere: FILE, in the place of that of EXERCISE. As in work/.
own_exercise = $(Q){ $(call expand,$1,$(EXERCISE),$(FILE),$@.o) && { { $(call limited,$(CC) $(PROGRAM_CFLAGS) -Wno-error $(GRADED_CFLAGS) $($1_FLAGS) -Iexercises/$(EXERCISE) -c $(FILE) -o $@.o); } && \
	$(call only_asked_for,$1,$(EXERCISE),$@.o) && $(call link_test,$1,$@.o.linked $(filter %.o %.a,$^),$(LIBS_$(EXERCISE))) || $(killed); }; \
	} 2>$@.log || { cat $@.log >&2; exit 1; }

# What was compiled of it, STUDENT/FLAVOUR.o.linked, with an instructor's hidden tests in the place of the exercise's (harness/grading/hidden.h).
own_hidden = $(Q)$(call link_test,$1,$(STUDENT)/$1.o.linked $(HIDDEN)/hidden-$1.o $(filter %.o %.a,$^),$(LIBS_$(EXERCISE))) 2>$@.log || { cat $@.log >&2; exit 1; }
# Those, which the harness has put there: all sources of a folder, whose path ends with the exercise's, become one object.
compile_hidden = $(Q){ for source in $(@D)/*.c; do $(CC) $(filter-out -Werror -MMD -MP,$(PROGRAM_CFLAGS)) $($1_FLAGS) \
	-Iexercises/$(word 4,$(subst /, ,$@))/$(word 5,$(subst /, ,$@)) -I$(@D) -c $$source -o $$source.$1.o || exit 1; done && $(CC) -nostdlib -r -o $@ $(@D)/*.c.$1.o; } 2>$@.log || { cat $@.log >&2; exit 1; }

define flavour
.PRECIOUS: build/run/%/hidden-$1.o
build/run/%/hidden-$1.o: build/toolchain
	$$(call compile_hidden,$1)

# To make 4.4 the object of a test is only on the way to parts/EXERCISE, and is taken away when that is there.
.NOTINTERMEDIATE: build/$1/obj/%.o
build/$1/obj/%.o: %.c build/toolchain
	$$(call compile,$1)

ifneq ($(if $(ANEW),,$(READER_PROGRAMS)),)
$(patsubst %,build/$1/obj/%.o,$(READER_PROGRAMS)): build/$1/obj/%.o: %.c build/seen/%.c build/toolchain
	$$(call compile,$1)
endif

build/$1/obj/harness/runtime/%.o: harness/runtime/%.c build/toolchain
	$$(call compile_runtime)

build/$1/obj/harness/runtime/linker: build/$1/obj/harness/runtime/hooks.o build/toolchain Makefile
	$$(call linker,$1)

build/$1/kit.a: $(addprefix build/$1/obj/,$(KIT))
	$(Q)rm -f $$@ $$@.new; $$(AR) rcsD $$@.new $$^ && mv $$@.new $$@

$(addprefix build/$1/bin/,$(SINGLE_PROGRAMS)): build/$1/bin/%: build/$1/obj/%.o \
		$$$$(addprefix build/$1/obj/,$$$$(call parts,$$$$*)) $$$$(call rooms,$$$$*) \
		$(addprefix build/$1/obj/,$($1_RUNTIME)) build/$1/kit.a
	$$(call link,$1,$$(call libs,$$*))

$(addprefix build/$1/bin/,$(TEST_PROGRAMS) $(READER_PROGRAMS)) $(filter build/$1/%,$(MUTANTS) $(SUBMISSIONS)): build/$1/bin/%: build/$1/obj/%.o \
		build/$1/obj/exercises/$$$$(call pitfall,$$$$*)/test.o \
		$(addprefix build/$1/obj/,$($1_RUNTIME) $(TEST_RUNTIME)) build/$1/kit.a
	$$(call link,$1,$$(TEST_LDFLAGS) $$(call libs,$$*))

$(filter build/$1/%,$(SUBMISSIONS)): $(addprefix build/$1/obj/,$(GRADED_RUNTIME))
$(patsubst build/$1/bin/%,build/$1/obj/%.o,$(filter build/$1/%,$(SUBMISSIONS))): build/$1/obj/%.o: %.c build/$1/obj/exercises/$$$$(call pitfall,$$$$*)/names build/toolchain
	$$(call compile,$1)

.PRECIOUS: build/$1/obj/exercises/%/names
build/$1/obj/exercises/%/names: $$$$(wildcard exercises/$$$$*/*.h) build/toolchain
	$(Q)[ -d $$(@D) ] || mkdir -p $$(@D); cat $$(filter %.h,$$^) | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u >$$@.new && mv $$@.new $$@

$(addprefix build/$1/bin/,$(OUTCOME_PROGRAMS)): build/$1/bin/%: build/$1/obj/%.o \
		$(addprefix build/$1/obj/,$($1_RUNTIME) $(TEST_RUNTIME))
	$$(call link,$1,$$(TEST_LDFLAGS))

ifdef HIDDEN
$(OWN)/$1: $(addprefix build/$1/obj/,$($1_RUNTIME) $(TEST_RUNTIME) $(GRADED_RUNTIME) harness/runtime/linker) build/$1/kit.a
	$$(call own_hidden,$1)
else ifdef EXERCISE
$(OWN)/$1: build/$1/obj/exercises/$(EXERCISE)/test.o $(addprefix build/$1/obj/,$($1_RUNTIME) $(TEST_RUNTIME) $(GRADED_RUNTIME) harness/runtime/linker) build/$1/kit.a
	$$(call own_exercise,$1)
else ifdef OWN
$(OWN)/$1: $(addprefix build/$1/obj/,$($1_RUNTIME)) build/$1/kit.a
	$$(call own,$1)
endif
endef

AR := ar
$(foreach one,$(FLAVOURS),$(eval $(call flavour,$(one))))

# What a program that is made in a sandbox is linked with, and with the test of an exercise: made before, for in there it
# cannot be.
parts: $(foreach one,$(filter-out trace,$(FLAVOURS)),build/$(one)/kit.a $(addprefix build/$(one)/obj/,$($(one)_RUNTIME) $(TEST_RUNTIME) $(GRADED_RUNTIME) harness/runtime/linker))

parts/%: parts $(foreach one,$(filter-out trace,$(FLAVOURS)),build/$(one)/obj/exercises/%/test.o build/$(one)/obj/exercises/%/names)
	@:

# The harness asks for ready/TARGET, and takes the line for the word that TARGET is there: make itself prints it, without a
# process of its own.
ready/%: % FORCE
	$(info ready $*)

# What was compiled last of a reader's file. Its time alone does not tell: what is taken back from a kept file is older than
# what was made of the one in between.
build/seen/%: % FORCE
	$(Q)cmp -s $< $@ || { [ -d $(@D) ] || mkdir -p $(@D); cp $< $@; }

# Changes when the compiler, the flags or the place of the checkout do, for paths stand in what is compiled. The compiler is
# known by its file: to start it takes as long as all the rest of a make that has nothing to do. On a full disk the old one stays.
# With ANEW=yes the harness has asked already, in this process, and has taken away what is to be compiled: a reader waits.
ifndef ANEW
TOOLCHAIN := $(shell $(if $(word 2,$(CC)),$(CC) --version | tr '\n' ' ',stat -Lc '%n %s %Y' "$$(command -v $(CC))")) \
	$(CURDIR) $(PROGRAM_CFLAGS) $(RUNTIME_CFLAGS) $(foreach one,$(FLAVOURS),$($(one)_FLAGS) $($(one)_LDFLAGS)) $(TEST_LDFLAGS)
ifneq ($(strip $(file <build/toolchain)),$(strip $(TOOLCHAIN)))
build/toolchain: FORCE
	@mkdir -p build; echo '$(strip $(TOOLCHAIN))' >$@.new && mv $@.new $@
endif
endif
.PHONY: FORCE

# A program that is made in a sandbox asks for nothing of what follows, and to read it takes as long as to compile the program.
ifeq ($(and $(OWN),$(EXERCISE)),)

# --- the harness ---------------------------------------------------------------------------------------------------

# XSI for realpath().
HARNESS_CFLAGS := $(POSIX) -D_XOPEN_SOURCE=700 -O1 -g $(WARN) -Iharness -Ichapters -Ibuild -MMD -MP
HARNESS_LIBS := -luv -lexpat -ljansson -lcmark-gfm -ldw -lelf -lcapstone -lcurl -lsqlite3 -larchive
ROOMS := base wire trace verdict workbook mutants detectors detectors/tsan detectors/valgrind detectors/budget detectors/criterion \
	detectors/recorder exec report picture judge \
	grading docs reader watch lab commands
HARNESS_SOURCES := harness/main.c $(foreach room,$(ROOMS),$(wildcard harness/$(room)/*.c))
UNIT_TESTS := $(wildcard harness/tests/unit/*/test_*.c)
# The table of detectors with one more row stands in for the harness's own.
UNIT_PARTS := harness/tests/unit/judge/sixth.c harness/tests/unit/leaks.c
CLI_TESTS := $(wildcard harness/tests/cli/*.c)
DRIVE_TESTS := harness/tests/watch/drive.c
# What of the kit has unit tests.
TESTED_KIT := $(addprefix chapters/kit/,metrics.c check.c queue.c deadline.c schedule.c counted.c contract.c)
# A plain char is unsigned on aarch64: so the tests run both ways, wherever they run.
asan_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -funsigned-char

# What docs/by_hand.c knows of this file: the flags, and the libraries of each pitfall.
build/by_hand.h: Makefile
	$(Q)mkdir -p $(@D); { printf '#define BY_HAND_FLAGS "%s"\n#define BY_HAND_FLAVOURS' '$(BY_HAND)'; \
		printf ' \\\n\t{"%s", "%s"},' $(foreach one,$(FLAVOURS),$(one) '$($(one)_FLAGS)'); printf '\n#define BY_HAND_LIBRARIES'; \
		printf ' \\\n\t{"%s", "%s"},' $(foreach one,$(sort $(filter LIBS_%,$(.VARIABLES))),$(patsubst LIBS_%,%,$(one)) '$($(one))'); \
		echo; } >$@.new && mv $@.new $@

# Tests compute little, and the sanitizers' flavour runs once for each time it is compiled: there an optimiser takes longer than
# it gives. A third of the time, and the sanitizers see what it would have taken away.
unoptimised = $(if $(filter asan,$1)$(filter harness/tests/%,$2),-O0)

define harness
build/$1/harness/docs/by_hand.o: build/by_hand.h

build/$1/%.o: %.c build/toolchain
	$(Q)mkdir -p $$(@D); $$(HARNESS_CC) $$(HARNESS_CFLAGS) $$($1_FLAGS) $$(call unoptimised,$1,$$<) -c $$< -o $$@

build/$1/tests: $(patsubst %.c,build/$1/%.o,$(filter-out harness/main.c harness/detectors/table.c,$(HARNESS_SOURCES)) \
		$(UNIT_TESTS) $(UNIT_PARTS) $(TESTED_KIT) harness/runtime/sender.c)
	$(Q)$$(HARNESS_CC) $$($1_FLAGS) -o $$@ $$^ $$(HARNESS_LIBS) -lmicrohttpd -lcriterion
endef
$(eval $(call harness,host))
$(eval $(call harness,asan))

build/loose: $(patsubst %.c,build/host/%.o,$(HARNESS_SOURCES))
	$(Q)$(HARNESS_CC) -Wl,--build-id=sha1 -o $@ $^ $(HARNESS_LIBS)

# The harness as the tests of bad input start it.
build/asan/loose: $(patsubst %.c,build/asan/%.o,$(HARNESS_SOURCES) harness/tests/unit/leaks.c)
	$(Q)$(HARNESS_CC) $(asan_FLAGS) -Wl,--build-id=sha1 -o $@ $^ $(HARNESS_LIBS)

build/supervisor: $(patsubst %,build/host/harness/exec/supervisor/%.o,supervisor family standstill)
	$(Q)$(HARNESS_CC) -Wl,--build-id=sha1 -o $@ $^

build/inside: build/host/harness/exec/inside/inside.o
	$(Q)$(HARNESS_CC) -Wl,--build-id=sha1 -o $@ $^

# What the supervisor opens when it needs it: it starts once for every run, and libdw is large.
build/stacks.so: harness/exec/supervisor/stacks.c harness/exec/supervisor/stacks.h build/toolchain
	$(Q)$(HARNESS_CC) $(filter-out -MMD -MP,$(HARNESS_CFLAGS)) -fPIC -shared -o $@.new $< -ldw && mv $@.new $@

# Preloaded into programs that know nothing of it. -z now: it must not ask the dynamic linker once the program runs;
# -fno-builtin: it has its own memcpy(); frame pointers: its own frames begin a backtrace.
MONITOR_CFLAGS := $(POSIX) -Iharness -O2 -g -fPIC -fvisibility=hidden -fno-omit-frame-pointer -fno-builtin -fno-stack-protector \
	$(WARN) -MMD -MP
build/monitor/%.o: harness/runtime/monitor/%.c build/toolchain
	$(Q)mkdir -p $(@D); $(HARNESS_CC) $(MONITOR_CFLAGS) -c $< -o $@

build/monitor/sender.o: harness/runtime/sender.c build/toolchain
	$(Q)mkdir -p $(@D); $(HARNESS_CC) $(MONITOR_CFLAGS) -c $< -o $@

build/monitor.so: $(patsubst harness/runtime/monitor/%.c,build/monitor/%.o,$(wildcard harness/runtime/monitor/*.c)) build/monitor/sender.o
	$(Q)$(HARNESS_CC) -shared -Wl,-z,now -Wl,-z,defs -Wl,--build-id=sha1 -o $@.new $^ && mv $@.new $@

# Preloaded under Valgrind. -z initfirst: nothing of the program has run yet.
build/closes.so: harness/runtime/closes.c build/toolchain
	$(Q)$(HARNESS_CC) $(filter-out -MMD -MP -g,$(MONITOR_CFLAGS)) -shared -Wl,-z,now,-z,defs,-z,initfirst -Wl,--build-id=sha1 -o $@.new $< && \
	mv $@.new $@

# Loaded in Criterion's place by tests under a detector, so under its name. Without -g: Valgrind would read it in each run.
# What the program itself defines is defined there.
RUNNER_SOURCES := $(filter-out %/sections.c,$(wildcard harness/runtime/runner/*.c))
# Asked for when it is needed: a make for programs alone does not wait for it.
RUNNER_NAME = $(shell readelf -d $(firstword $(wildcard /usr/lib/*/libcriterion.so /usr/lib/libcriterion.so)) 2>/dev/null </dev/null | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
RUNNER_CFLAGS := $(POSIX) -Iharness -O1 -fPIC -fvisibility=hidden $(WARN) -MMD -MP
build/runner/%.o: harness/runtime/runner/%.c build/toolchain
	$(Q)mkdir -p $(@D); $(HARNESS_CC) $(RUNNER_CFLAGS) -c $< -o $@

build/runner/sender.o: harness/runtime/sender.c build/toolchain
	$(Q)mkdir -p $(@D); $(HARNESS_CC) $(RUNNER_CFLAGS) -c $< -o $@

build/runner/runner.so: $(patsubst harness/runtime/runner/%.c,build/runner/%.o,$(RUNNER_SOURCES)) build/runner/sender.o
	$(Q)$(HARNESS_CC) -shared -Wl,-z,now -Wl,-soname,$(RUNNER_NAME) -Wl,--build-id=sha1 -o $@.new $^ && mv $@.new $@

# The machine's C library under its own name, with the names of its functions and nothing else of its debugging information:
# DRD and memcheck read all of that in each run, which takes longer than an empty program does. It finds it by the build id, so the
# copy has none. Where the information is not installed there is no copy, and the machine's own is loaded.
LEAN := build/runner/libc
LIBC := $(wildcard /lib/*/libc.so.6)
# Changes when the library is another: what an upgrade brings is older than a copy made of the last one.
$(LEAN)/made-of: FORCE
	$(Q)now=$$(stat -Lc '%n %i %s %y %z' $(LIBC)); [ "$$now" = "$$(cat $@ 2>/dev/null)" ] || { mkdir -p $(@D); echo "$$now" >$@; }

$(LEAN)/libc.so.6: $(LEAN)/made-of build/toolchain
	$(Q)mkdir -p $(@D); rm -f $@; libc=$$($(CC) -print-file-name=$(@F)); \
		id=$$(LC_ALL=C readelf -n "$$libc" | sed -n 's/.*Build ID: //p'); \
		all=/usr/lib/debug/.build-id/$$(echo $$id | cut -c1-2)/$$(echo $$id | cut -c3-).debug; \
		if [ -r $$all ]; then objcopy --strip-debug $$all $(@D)/libc.names && \
			objcopy --remove-section=.note.gnu.build-id --remove-section=.gnu_debuglink $$libc $@.new && \
			objcopy --add-gnu-debuglink=$(@D)/libc.names $@.new && mv $@.new $@; fi

ifneq ($(RUNNER_NAME),)
RUNNER_LINK := build/runner/$(RUNNER_NAME)
$(RUNNER_LINK): build/runner/runner.so
	$(Q)ln -sf $(<F) $@
endif

# What the tests of the monitor run.
MONITOR_TEST_PROGRAMS := $(patsubst %.c,build/plain/bin/%,$(wildcard harness/tests/programs/*.c)) \
	build/tsan/bin/harness/tests/programs/counts_37_12
# What the tests of the runner run.
RUNNER_TEST_PROGRAMS := $(addprefix build/plain/bin/,$(OUTCOME_PROGRAMS)) build/tsan/bin/harness/tests/outcomes/ends

# Keeps what a program reports: for harness/tests/captured/capture.
build/receive: $(patsubst %,build/host/harness/%.o,tests/captured/receive exec/channel base/mem base/text)
	$(Q)$(HARNESS_CC) -o $@ $^ -luv

# Preloaded into the programs that claim to be right: lets one of their calls fail.
build/inject.so: harness/tests/inject/inject.c harness/tests/inject/inject.h build/toolchain
	$(Q)$(HARNESS_CC) $(filter-out -MMD -MP,$(MONITOR_CFLAGS)) -shared -Wl,-z,now -Wl,-z,defs -o $@.new $< && mv $@.new $@

# What the command line's tests start. None of them makes it: two that did so at once would spoil it for each other.
TEST_TOOLS := build/inject build/inject.so build/raw build/listings build/traces build/kill-judges build/grade-own build/bench-grading

build/inject: $(patsubst %.c,build/host/%.o,harness/tests/inject/driver.c $(filter-out harness/main.c,$(HARNESS_SOURCES)))
	$(Q)$(HARNESS_CC) -o $@ $^ $(HARNESS_LIBS)

# Whether programs are drawn the same in every run.
build/traces: $(patsubst %.c,build/host/%.o,harness/tests/traces.c $(filter-out harness/main.c,$(HARNESS_SOURCES)))
	$(Q)$(HARNESS_CC) -o $@ $^ $(HARNESS_LIBS)

# Types the texts' command lines into a shell.
build/raw: $(patsubst %.c,build/host/%.o,harness/tests/raw/raw.c $(filter-out harness/main.c,$(HARNESS_SOURCES)))
	$(Q)$(HARNESS_CC) -o $@ $^ $(HARNESS_LIBS)

# Has the texts' Go listings compiled.
build/listings: $(patsubst %.c,build/host/%.o,harness/tests/listings/listings.c $(filter-out harness/main.c,$(HARNESS_SOURCES)))
	$(Q)$(HARNESS_CC) -o $@ $^ $(HARNESS_LIBS)

RIGHT_PROGRAMS := $(filter %/fixed,$(CHAPTER_PROGRAMS)) $(patsubst %.c,%,$(wildcard solutions/*/*/*.c solutions/*/*/also-right/*.c))

# What a kill at a random moment does.
build/kill-judges: build/host/harness/tests/kill_judges.o
	$(Q)$(HARNESS_CC) -o $@ $^ -ljansson

# Grades the workbook's own programs.
build/grade-own: $(patsubst %.c,build/host/%.o,harness/tests/grading/own.c $(filter-out harness/main.c,$(HARNESS_SOURCES)))
	$(Q)$(HARNESS_CC) -o $@ $^ $(HARNESS_LIBS)

build/bench-grading: build/host/harness/tests/grading/bench.o
	$(Q)$(HARNESS_CC) -o $@ $^ -ljansson

# Tests of the whole, through the command line.
build/cli-tests: $(patsubst %.c,build/host/%.o,$(CLI_TESTS))
	$(Q)$(HARNESS_CC) -o $@ $^ -ljansson -larchive -lcriterion -lutil

# The learner's loop over whole exercises, and its picture.
build/watch-drive: $(patsubst %,build/host/harness/tests/%.o,watch/drive cli/scratch cli/pty cli/pty_draw)
	$(Q)$(HARNESS_CC) -o $@ $^ -ljansson -lcriterion -lutil

# --- what people type ----------------------------------------------------------------------------------------------

.DEFAULT_GOAL := all
.PHONY: all parts harness kills inject traces raw listings bench-check bench-verify bench-warm layout prose refuse together verify mutants test tests werror format clean help
.PHONY: kill-grades grade-own slurm gradescope bench-grading

all: harness layout ## the harness, and whether the sources are laid out by .clang-format

harness: build/loose build/supervisor build/inside build/stacks.so build/monitor.so build/closes.so build/runner/runner.so $(RUNNER_LINK) $(LEAN)/libc.so.6

verify: harness ## judge every program: ./loose verify
	$(Q)build/loose verify

mutants: harness ## whether the tests of the exercises refuse mutants of the solutions: ./loose verify --mutants PITFALLS
	$(Q)build/loose verify --mutants $(PITFALLS)

test: harness ## all tests: ./loose test
	$(Q)build/loose test

tests: harness build/host/tests build/asan/tests build/asan/loose build/cli-tests $(TEST_TOOLS) $(MONITOR_TEST_PROGRAMS) $(RUNNER_TEST_PROGRAMS) ## build the harness's own tests

inject: harness build/inject build/inject.so $(addprefix build/plain/bin/,$(RIGHT_PROGRAMS)) ## right programs under failing calls: WHICH='words of paths'
	$(Q)build/inject $(WHICH)

refuse: harness ## the harness itself, whose system calls fail, one in each run: CALLS='pipe2 ...' MOST=20 (needs strace, jq)
	$(Q)harness/tests/inject/refuse $(CALLS)

raw: harness build/raw ## the texts' command lines, typed as they stand, against the declarations: WHICH='words of paths'
	$(Q)build/raw $(WHICH)

listings: build/listings ## compile and vet the texts' Go listings, where Go is installed
	$(Q)build/listings

compile_commands.json: $(HARNESS_SOURCES) ## for editors
	$(Q)sep='['; for f in $(HARNESS_SOURCES) $(UNIT_TESTS) $(CLI_TESTS); do \
		printf '%s\n{"directory":"%s","file":"%s","command":"%s -c %s"}' "$$sep" "$(CURDIR)" "$$f" \
		'$(HARNESS_CC) $(HARNESS_CFLAGS)' "$$f"; sep=,; done >$@; printf '\n]\n' >>$@

traces: harness build/traces ## whether the chapters' programs are drawn the same in each of many runs: RUNS=30 WHICH='words of paths'
	$(Q)build/traces $(or $(RUNS),30) $(WHICH)

bench-check: harness ## what check takes over the same compilations and runs one after the other
	$(Q)harness/tests/bench/check

together: harness ## two commands at the same time in one workbook, again and again: ROUNDS=50
	$(Q)harness/tests/together $(ROUNDS)

bench-warm: harness ## the CPU time of a verify that has nothing to do, over 0.3 s
	$(Q)harness/tests/bench/warm

kills: harness build/host/tests build/kill-judges ## kill a reader's commands, and judges, at random moments: KILLS=300 SEED=...
	$(Q)LOOSE_KILLS=200 build/host/tests --filter 'kills/*' && harness/tests/kills && \
	build/kill-judges $(or $(KILLS),300) $(SEED)

kill-grades: harness ## kill a grading at random moments, and compare the grades: KILLS=100 SUBMISSIONS=50 SEED=...
	$(Q)harness/tests/kill-grades $(or $(KILLS),100) $(or $(SUBMISSIONS),50)

grade-own: harness build/grade-own ## grade all starters, right programs and wrong fixes as a class hands them in: REPEAT=3 WHICH=...
	$(Q)build/grade-own --repeat $(or $(REPEAT),3) $(WHICH)

slurm: harness ## grade over a Slurm of two nodes on this machine, one of which is killed: SUBMISSIONS=50
	$(Q)harness/tests/slurm $(or $(SUBMISSIONS),50)

gradescope: harness ## run the archive for Gradescope in its folders
	$(Q)harness/tests/gradescope

# An exercise whose runs cost as much as those of most.
bench-grading: PITFALL ?= 05-shutdown/lost-batch
bench-grading: harness build/bench-grading ## what grading takes over the bare detectors, and its memory: SUBMISSIONS=500 PITFALL=... REPEAT=4
	$(Q)build/bench-grading $(or $(SUBMISSIONS),500) $(PITFALL) $(firstword $(wildcard solutions/$(PITFALL)/*.c)) $(or $(REPEAT),4)

drive-watch: harness build/watch-drive ## each program of the exercises through watch, beside verify: PITFALLS=...
	$(Q)PITFALLS='$(PITFALLS)' build/watch-drive -j1 --filter 'drive/*'

picture: harness build/watch-drive ## draw README's picture of watch anew, from a session
	$(Q)PICTURE=harness/watch/watch.svg build/watch-drive --filter 'picture/*'

# What a reader would type for the same files; the script knows $$source and $$out.
bench-latency: PITFALL ?= 02-ownership/implicit-contract
bench-latency: harness $(addprefix build/tsan/,$(addprefix obj/,$(tsan_RUNTIME) $(TEST_RUNTIME)) kit.a) ## from a save in watch to its verdicts, over the same by hand: PITFALL=...
	$(Q)harness/tests/bench/latency $(PITFALL) '$(CC) $(PROGRAM_CFLAGS) $(tsan_FLAGS) -MF $$out.d -Iexercises/$(PITFALL) \
		$$source exercises/$(PITFALL)/test.c $(patsubst %,$(CURDIR)/build/tsan/%,$(addprefix obj/,$(sort $(tsan_RUNTIME) $(TEST_RUNTIME))) kit.a) \
		-o $$out $(tsan_LDFLAGS) $(TEST_LDFLAGS) $(LIBS_$(PITFALL))'

werror: build/by_hand.h ## compile the harness, its tests and the kit with -Werror, with each compiler in COMPILERS
	$(Q)for cc in $(COMPILERS); do echo "$$cc"; for f in $(HARNESS_SOURCES) harness/exec/supervisor/*.c harness/exec/inside/*.c $(UNIT_TESTS) $(CLI_TESTS) $(DRIVE_TESTS) \
		chapters/kit/*.c chapters/04-leak-budget/alert/*.c harness/runtime/*.c harness/runtime/*/*.c; do \
		$$cc $(filter-out -MMD -MP,$(HARNESS_CFLAGS)) -Werror -fsyntax-only $$f || exit 1; done; done
COMPILERS ?= $(shell for cc in clang gcc clang-19; do command -v $$cc >/dev/null && echo $$cc; done)

# Versions of clang-format differ in what they make of the same file, so one of them decides.
LAYOUT_VERSION := 14
LAID_OUT := $(HARNESS_SOURCES) $(wildcard harness/*/*.h harness/*/*/*.[ch] harness/tests/unit/*/*.[ch] chapters/kit/*.[ch]) \
	$(wildcard harness/runtime/*.c harness/selftest/*.c chapters/04-leak-budget/alert/*.c) \
	$(wildcard exercises/*/*/*.[ch] solutions/*/*/*.[ch] solutions/*/*/*/*.[ch])
CLANG_FORMAT = $(firstword $(shell command -v clang-format-$(LAYOUT_VERSION); clang-format --version 2>/dev/null | \
	grep -q ' $(LAYOUT_VERSION)\.' && command -v clang-format))

layout: build/layout ## whether the sources are laid out by .clang-format
build/layout: $(LAID_OUT) .clang-format
	$(Q)$(if $(CLANG_FORMAT),mkdir -p $(@D); $(CLANG_FORMAT) --dry-run -Werror $(filter %.c %.h,$?) \
		|| { echo "not laid out by .clang-format; fix: make format" >&2; exit 1; }; touch $@, \
		echo 'layout not checked: there is no clang-format $(LAYOUT_VERSION) here' >&2)

format: ## lay out the C sources by .clang-format
	$(Q)clang-format -i $(LAID_OUT)

bench-verify: harness ## CPU time of the exercises' runs under Valgrind, over that of a program that does nothing: PITFALLS=...
	$(Q)harness/tests/bench/verify $(PITFALLS)

prose: ## whether the texts are spelled right, and without the phrases that are not to come back
	$(Q)harness/docs/prose/check >&2

clean: ## remove everything that was built or judged
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z._-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 30

# Dependency files of an older checkout may name sources that have moved since: what was made of them is made anew.
harness/%.c: ;

# What is included depends on what is asked for: to read about 400 programs takes longer than to see that the harness is
# up to date.
PROGRAM_BUILDS := $(addprefix build/,$(FLAVOURS))
# Of an exercise's programs it is known which these are: to look for all takes as long as to compile one.
EXERCISE_GOALS := $(filter $(foreach one,$(FLAVOURS),$(addprefix build/$(one)/bin/,exercises/% solutions/% work/%)),$(GOALS))
ifeq ($(filter-out $(EXERCISE_GOALS),$(or $(GOALS),all)),)
exercise_objects = $(patsubst build/$1/bin/%,%,$2) exercises/$(word 5,$(subst /, ,$2))/$(word 6,$(subst /, ,$2))/test \
	$(basename $(KIT) $(TEST_RUNTIME) $($1_RUNTIME))
-include $(wildcard $(sort $(foreach goal,$(EXERCISE_GOALS),$(foreach one,$(word 2,$(subst /, ,$(goal))), \
	$(patsubst %,build/$(one)/obj/%.d,$(call exercise_objects,$(one),$(goal)))))))
else
DEPENDENCIES := $(wildcard $(if $(filter-out all harness layout,$(GOALS)), \
	$(if $(filter-out $(addsuffix /%,$(PROGRAM_BUILDS)) $(addprefix $(OWN)/,$(FLAVOURS)) parts parts/% build/run/%,$(GOALS)),build,$(PROGRAM_BUILDS)), \
	build/host build/monitor build/runner))
-include $(if $(DEPENDENCIES),$(shell find $(DEPENDENCIES) -path '*/build/submissions' -prune -o $(if $(MUTANTS),,-path '*/build/mutants' -prune -o) -name '*.d' -print))
endif

endif
