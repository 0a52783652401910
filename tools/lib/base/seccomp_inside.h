/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_SECCOMP_INSIDE_H
#define LIB_BASE_SECCOMP_INSIDE_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

/*
 * The words in which cell.c and confine.c write their lists of system calls (seccomp(2)). Not for
 * others. Arguments are judged by their lower half, little-endian the first, unless LOAD_HIGH.
 */
#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "add the audit architecture of this CPU, or its system calls stay unfiltered"
#endif

#define LOAD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, f))
#define LOAD_HIGH(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, f) + 4)
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define FROM(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, yes, no)
#define ANY(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)
#define DO(action) BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW DO(SECCOMP_RET_ALLOW)
#define KILL DO(SECCOMP_RET_KILL_PROCESS)
#define REFUSE(code) DO(SECCOMP_RET_ERRNO | (code))
#define PASS(call) IS(SYS_##call, 0, 1), ALLOW

#endif
