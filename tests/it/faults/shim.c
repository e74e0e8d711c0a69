/*
 * A disk that fails, for tests: preloaded into the real binary, it acts on the files under one folder and on calls to
 * one port, and on nothing else.
 *
 *   FAULTS_FOLDER   the folder, absolute; nothing happens without it
 *   FAULTS_JOURNAL  a file to which every change and every sync is appended, for `disk.rs` to read
 *   FAULTS_PORT     the port of 127.0.0.1 whose connections count as outgoing calls
 *   FAULTS_RULE     CALL NTH EFFECT: what happens at the Nth such call
 *   FAULTS_ARMED    a file: calls are counted, and effects last, only while it is there
 *   FAULTS_HITS     a file that gets a line for each effect
 *   FAULTS_LOW      a file: while it is there, the disk says that nothing is free
 *
 * CALL    write (whatever takes room), range (sync_file_range), sync (fsync, fdatasync), read, connect,
 *         request (the first bytes of one)
 * EFFECT  ENOSPC, EIO       the call fails, and all later ones of its kind do
 *         SHORT             as ENOSPC, but the first call still writes half
 *         EIO-once          only this call fails
 *                           (what was read once can be read again, as from the system's cache)
 *         hang              the call never returns, and no later one of its kind does
 *         slow-MS           this call and all later ones of its kind take so many milliseconds longer
 *         kill-before       the process dies at the call's entry
 *         kill-after        the process dies when the call has been done, before it returns
 *
 * Calls that go round the C library cannot be met this way; of those only statfs matters, and a seccomp filter sends it
 * here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define MOST_FDS 65536
/* In an argument that statfs does not have: let this one through. */
#define PASS 0x7a57f5

enum kind { OTHER, TRACKED, OUTGOING };
enum call { WRITE, RANGE, SYNC, READ, CONNECT, REQUEST };
enum effect { NONE, FAIL, FAIL_SHORT, FAIL_ONCE, HANG, SLOW, KILL_BEFORE, KILL_AFTER };
enum entry { E_WRITE = 1, E_TRUNCATE, E_CREATE, E_RENAME, E_UNLINK, E_MKDIR, E_SYNC_BEGINS, E_SYNC_ENDED };

static const char *const CALLS[] = { "write", "range", "sync", "read", "connect", "request" };

static struct {
    _Atomic int kind;
    uint64_t inode;
    char *path;
} fds[MOST_FDS];

static const char *folder, *armed, *hits, *low;
static size_t folder_length;
static int port, journal = -1;
static enum call rule_call;
static enum effect rule_effect;
static int rule_errno;
static long rule_nth, slow_ms;
static _Atomic long seen;
static _Atomic uint64_t syncs;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define REAL(result, name, ...)                                  \
    static result (*real)(__VA_ARGS__);                          \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static long raw_write(int fd, const void *bytes, size_t length)
{
    return syscall(SYS_write, fd, bytes, length);
}

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static int is_there(const char *path)
{
    return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

static void tell(enum call call, const char *what)
{
    if (!hits) return;
    char line[128];
    int length = snprintf(line, sizeof line, "%s %s\n", CALLS[call], what);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, hits, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || raw_write(fd, line, (size_t)length) != length) abort();
    syscall(SYS_close, fd);
}

/* What happens to this call. Deaths at the entry and hanging do not return. */
static enum effect meet(enum call call)
{
    if (rule_effect == NONE || call != rule_call) return NONE;
    if (armed && !is_there(armed)) return NONE;
    long at = ++seen;
    if (at < rule_nth) return NONE;
    int first = at == rule_nth;
    switch (rule_effect) {
    case FAIL_ONCE:
        if (!first) return NONE;
        tell(call, "failed");
        return FAIL;
    case FAIL_SHORT:
        tell(call, first ? "wrote half" : "failed");
        return first ? FAIL_SHORT : FAIL;
    case FAIL:
        tell(call, "failed");
        return FAIL;
    case HANG:
        tell(call, "hangs");
        for (;;) pause();
    case SLOW:
        if (first) tell(call, "is slow");
        nanosleep(&(struct timespec){ slow_ms / 1000, slow_ms % 1000 * 1000000 }, NULL);
        return NONE;
    case KILL_BEFORE:
        if (!first) return NONE;
        tell(call, "died before");
        die();
        return NONE;
    case KILL_AFTER:
        return first ? KILL_AFTER : NONE;
    default:
        return NONE;
    }
}

static void after(enum call call, enum effect effect)
{
    if (effect != KILL_AFTER) return;
    tell(call, "died after");
    die();
}

static int fail(void)
{
    errno = rule_errno;
    return -1;
}

/* ---- The journal: a header of seven numbers, then a path or bytes, then a second path. ---- */

static void append(enum entry entry, uint64_t inode, uint64_t at, uint64_t length,
                   const void *first, uint64_t first_length, const char *second)
{
    if (journal < 0) return;
    uint64_t second_length = second ? strlen(second) : 0;
    uint64_t head[7] = { 0x4c4e524a, entry, inode, at, length, first_length, second_length };
    struct iovec parts[3] = {
        { head, sizeof head }, { (void *)first, first_length }, { (void *)second, second_length },
    };
    long whole = (long)(sizeof head + first_length + second_length);
    if (syscall(SYS_writev, journal, parts, 3) != whole) abort();
}

static void append_path(enum entry entry, uint64_t inode, const char *path, const char *second)
{
    append(entry, inode, 0, 0, path, strlen(path), second);
}

static int is_under(const char *path)
{
    if (!folder || !path || strncmp(path, folder, folder_length) != 0) return 0;
    return path[folder_length] == '/' || path[folder_length] == 0;
}

/* The folder that holds the folder: its sync makes our folder's own name durable. */
static int is_parent(const char *path)
{
    if (!folder) return 0;
    const char *slash = strrchr(folder, '/');
    size_t length = (size_t)(slash - folder);
    return strncmp(path, folder, length) == 0 && path[length] == 0;
}

static int kind_of(int fd)
{
    return fd >= 0 && fd < MOST_FDS ? fds[fd].kind : OTHER;
}

static void forget(int fd)
{
    if (kind_of(fd) == OTHER) return;
    fds[fd].kind = OTHER;
    free(fds[fd].path);
    fds[fd].path = NULL;
}

static void track(int fd, const char *path)
{
    struct stat stat;
    if (fd < 0 || fd >= MOST_FDS || fstat(fd, &stat) != 0) return;
    fds[fd].inode = stat.st_ino;
    fds[fd].path = strdup(path);
    fds[fd].kind = TRACKED;
}

static int open_one(const char *path, int flags, mode_t mode)
{
    if (!is_under(path) && !(folder && is_parent(path)))
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    int makes = (flags & O_CREAT) && !is_there(path);
    enum effect effect = makes ? meet(WRITE) : NONE;
    if (effect == FAIL || effect == FAIL_SHORT) return fail();
    pthread_mutex_lock(&order);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0) {
        track(fd, path);
        if (makes) append_path(E_CREATE, fds[fd].inode, path, NULL);
        if (flags & O_TRUNC) append(E_TRUNCATE, fds[fd].inode, 0, 0, NULL, 0, NULL);
    }
    pthread_mutex_unlock(&order);
    after(WRITE, effect);
    return fd;
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                    \
    int name(const char *path, int flags, ...)        \
    {                                                 \
        va_list more;                                 \
        va_start(more, flags);                        \
        mode_t mode = mode_of(flags, more);           \
        va_end(more);                                 \
        return open_one(path, flags, mode);           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                        \
    int name(int at, const char *path, int flags, ...)                      \
    {                                                                       \
        va_list more;                                                       \
        va_start(more, flags);                                              \
        mode_t mode = mode_of(flags, more);                                 \
        va_end(more);                                                       \
        if (at == AT_FDCWD || path[0] == '/') return open_one(path, flags, mode); \
        return (int)syscall(SYS_openat, at, path, flags, mode);             \
    }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) { return open_one(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd)
{
    forget(fd);
    return (int)syscall(SYS_close, fd);
}

/* ---- Writing. ---- */

/* Writes at `at`, or where the file stands if that is negative. */
static ssize_t write_one(int fd, const void *bytes, size_t length, off64_t at)
{
    enum effect effect = meet(WRITE);
    if (effect == FAIL) return fail();
    if (effect == FAIL_SHORT && length < 2) return fail();
    if (effect == FAIL_SHORT) length /= 2;
    pthread_mutex_lock(&order);
    ssize_t wrote = at < 0 ? raw_write(fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, at);
    int saved = errno;
    if (wrote > 0) {
        off64_t where = at < 0 ? lseek64(fd, 0, SEEK_CUR) - wrote : at;
        append(E_WRITE, fds[fd].inode, (uint64_t)where, (uint64_t)wrote, bytes, (uint64_t)wrote, NULL);
    }
    pthread_mutex_unlock(&order);
    after(WRITE, effect);
    errno = saved;
    return wrote;
}

static ssize_t write_many(int fd, const struct iovec *parts, int count, off64_t at)
{
    ssize_t whole = 0;
    for (int part = 0; part < count; part++) {
        if (parts[part].iov_len == 0) continue;
        ssize_t wrote = write_one(fd, parts[part].iov_base, parts[part].iov_len, at < 0 ? at : at + whole);
        if (wrote < 0) return whole ? whole : wrote;
        whole += wrote;
        if ((size_t)wrote < parts[part].iov_len) break;
    }
    return whole;
}

static int begins_request(const struct iovec *parts, int count)
{
    return count > 0 && parts[0].iov_len >= 5 && memcmp(parts[0].iov_base, "POST ", 5) == 0;
}

/* To a receiver. */
static ssize_t hand_over(int fd, const struct iovec *parts, int count, int flags)
{
    enum effect effect = begins_request(parts, count) ? meet(REQUEST) : NONE;
    if (effect == FAIL) return fail();
    struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count };
    ssize_t sent = syscall(SYS_sendmsg, fd, &message, flags | MSG_NOSIGNAL);
    if (sent > 0) after(REQUEST, effect);
    return sent;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    struct iovec part = { (void *)bytes, length };
    switch (kind_of(fd)) {
    case TRACKED: return write_one(fd, bytes, length, -1);
    case OUTGOING: return hand_over(fd, &part, 1, 0);
    default: return raw_write(fd, bytes, length);
    }
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    switch (kind_of(fd)) {
    case TRACKED: return write_many(fd, parts, count, -1);
    case OUTGOING: return hand_over(fd, parts, count, 0);
    default: return syscall(SYS_writev, fd, parts, count);
    }
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    struct iovec part = { (void *)bytes, length };
    if (kind_of(fd) == OUTGOING) return hand_over(fd, &part, 1, flags);
    return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (kind_of(fd) == OUTGOING) return hand_over(fd, message->msg_iov, (int)message->msg_iovlen, flags);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
    if (kind_of(fd) == TRACKED) return write_one(fd, bytes, length, at);
    return syscall(SYS_pwrite64, fd, bytes, length, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    if (kind_of(fd) == TRACKED) return write_many(fd, parts, count, at);
    REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off64_t);
    return real(fd, parts, count, at);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }

int ftruncate64(int fd, off64_t length)
{
    if (kind_of(fd) != TRACKED) return (int)syscall(SYS_ftruncate, fd, length);
    enum effect effect = meet(WRITE);
    if (effect == FAIL || effect == FAIL_SHORT) return fail();
    pthread_mutex_lock(&order);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (done == 0) append(E_TRUNCATE, fds[fd].inode, 0, (uint64_t)length, NULL, 0, NULL);
    pthread_mutex_unlock(&order);
    after(WRITE, effect);
    return done;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* The journal has no entry for these: whoever begins to use them must add one. */
int fallocate64(int fd, int mode, off64_t at, off64_t length)
{
    if (kind_of(fd) == TRACKED) abort();
    return (int)syscall(SYS_fallocate, fd, mode, at, length);
}
int fallocate(int fd, int mode, off_t at, off_t length) { return fallocate64(fd, mode, at, length); }
int posix_fallocate64(int fd, off64_t at, off64_t length) { return fallocate64(fd, 0, at, length) ? errno : 0; }
int posix_fallocate(int fd, off_t at, off_t length) { return posix_fallocate64(fd, at, length); }
int truncate64(const char *path, off64_t length)
{
    if (is_under(path)) abort();
    return (int)syscall(SYS_truncate, path, length);
}
int truncate(const char *path, off_t length) { return truncate64(path, length); }
/* A system without these: whoever copies falls back to reading and writing. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *to_at, size_t length, unsigned flags)
{
    if (kind_of(to) != TRACKED) return syscall(SYS_copy_file_range, from, at, to, to_at, length, flags);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t length)
{
    if (kind_of(to) != TRACKED) return syscall(SYS_sendfile, to, from, at, length);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int to, int from, off_t *at, size_t length) { return sendfile64(to, from, at, length); }

/* ---- Names. ---- */

#define NAMES(path, entry, second, doing)                                   \
    enum effect effect = is_under(path) ? meet(WRITE) : NONE;               \
    if (effect == FAIL || effect == FAIL_SHORT) return fail();              \
    pthread_mutex_lock(&order);                                             \
    int done = (int)(doing);                                                \
    int saved = errno;                                                      \
    if (done == 0 && is_under(path)) append_path(entry, 0, path, second);   \
    pthread_mutex_unlock(&order);                                           \
    after(WRITE, effect);                                                   \
    errno = saved;                                                          \
    return done

int rename(const char *from, const char *to)
{
    NAMES(from, E_RENAME, to, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int mkdir(const char *path, mode_t mode) { NAMES(path, E_MKDIR, NULL, syscall(SYS_mkdirat, AT_FDCWD, path, mode)); }

/* Removing takes no room, so it never fails here. */
int unlink(const char *path)
{
    pthread_mutex_lock(&order);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    int saved = errno;
    if (done == 0 && is_under(path)) append_path(E_UNLINK, 0, path, NULL);
    pthread_mutex_unlock(&order);
    errno = saved;
    return done;
}

/* ---- Syncing. ---- */

static int sync_one(int fd, long number)
{
    if (kind_of(fd) != TRACKED) return (int)syscall(number, fd);
    enum effect effect = meet(SYNC);
    if (effect == FAIL) return fail();
    /* What is written while the sync is under way is not sure to be in it. */
    uint64_t sync = ++syncs;
    uint64_t inode = fds[fd].inode;
    pthread_mutex_lock(&order);
    append(E_SYNC_BEGINS, inode, sync, 0, fds[fd].path, strlen(fds[fd].path), NULL);
    pthread_mutex_unlock(&order);
    int done = (int)syscall(number, fd);
    if (done == 0) {
        pthread_mutex_lock(&order);
        append(E_SYNC_ENDED, inode, sync, 0, NULL, 0, NULL);
        pthread_mutex_unlock(&order);
    }
    after(SYNC, effect);
    return done;
}

int fsync(int fd) { return sync_one(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_one(fd, SYS_fdatasync); }

/* Counts as nothing: it is not written to the journal. */
int sync_file_range(int fd, off64_t at, off64_t length, unsigned flags)
{
    enum effect effect = kind_of(fd) == TRACKED ? meet(RANGE) : NONE;
    if (effect == FAIL) return fail();
    int done = (int)syscall(SYS_sync_file_range, fd, at, length, flags);
    after(RANGE, effect);
    return done;
}

/* ---- Reading. What was read once is in the cache and can be read again. ---- */

#define CACHED_FILES 16
#define CACHED_BLOCKS 65536

static struct {
    uint64_t inode;
    unsigned char blocks[CACHED_BLOCKS];
} cache[CACHED_FILES];

/* Whether all of it was in the cache; it is from now on if `keep`. */
static int is_cached(uint64_t inode, uint64_t at, uint64_t length, int keep)
{
    int nth = 0, all = 1;
    while (nth < CACHED_FILES && cache[nth].inode && cache[nth].inode != inode) nth++;
    if (nth == CACHED_FILES) return 0;
    if (keep) cache[nth].inode = inode;
    for (uint64_t block = at / 4096; length && block <= (at + length - 1) / 4096; block++) {
        if (block >= CACHED_BLOCKS) return 0;
        all = all && cache[nth].blocks[block];
        if (keep) cache[nth].blocks[block] = 1;
    }
    return all && cache[nth].inode == inode;
}

static int read_fails(int fd, uint64_t at, uint64_t length)
{
    struct stat stat;
    if (kind_of(fd) != TRACKED || fstat(fd, &stat) != 0) return 0;
    uint64_t inode = fds[fd].inode;
    /* Behind its end nothing is read. */
    if (at + length > (uint64_t)stat.st_size) length = at < (uint64_t)stat.st_size ? (uint64_t)stat.st_size - at : 0;
    if (length == 0) return 0;
    pthread_mutex_lock(&order);
    int cached = is_cached(inode, at, length, 0);
    pthread_mutex_unlock(&order);
    if (cached) return 0;
    if (meet(READ) == FAIL) return 1;
    pthread_mutex_lock(&order);
    is_cached(inode, at, length, 1);
    pthread_mutex_unlock(&order);
    return 0;
}

ssize_t read(int fd, void *bytes, size_t length)
{
    if (kind_of(fd) == TRACKED && read_fails(fd, (uint64_t)lseek64(fd, 0, SEEK_CUR), length)) return fail();
    return syscall(SYS_read, fd, bytes, length);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t at)
{
    if (read_fails(fd, (uint64_t)at, length)) return fail();
    return syscall(SYS_pread64, fd, bytes, length, at);
}
ssize_t pread(int fd, void *bytes, size_t length, off_t at) { return pread64(fd, bytes, length, at); }

/* ---- Calls to receivers. ---- */

int connect(int fd, const struct sockaddr *to, socklen_t length)
{
    const struct sockaddr_in *address = (const struct sockaddr_in *)to;
    if (port && fd < MOST_FDS && to->sa_family == AF_INET && ntohs(address->sin_port) == port) {
        forget(fd);
        fds[fd].kind = OUTGOING;
        enum effect effect = meet(CONNECT);
        if (effect == FAIL) return fail();
        int done = (int)syscall(SYS_connect, fd, to, length);
        after(CONNECT, effect);
        return done;
    }
    return (int)syscall(SYS_connect, fd, to, length);
}

/* ---- The room on the disk. ---- */

static void on_statfs(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    int saved = errno;
#if defined(__x86_64__)
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    long path = registers[REG_RDI];
    struct statfs *told = (struct statfs *)registers[REG_RSI];
    greg_t *result = &registers[REG_RAX];
#elif defined(__aarch64__)
    unsigned long long *registers = ((ucontext_t *)context)->uc_mcontext.regs;
    long path = (long)registers[0];
    struct statfs *told = (struct statfs *)registers[1];
    unsigned long long *result = &registers[0];
#else
#error "where this machine keeps a call's arguments is not known here"
#endif
    long done = syscall(SYS_statfs, path, told, 0, 0, 0, PASS);
    if (done == 0 && is_there(low)) told->f_bavail = told->f_bfree = 0;
    *result = done == 0 ? 0 : -errno;
    errno = saved;
}

static void watch_statfs(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_statfs, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PASS, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof steps / sizeof *steps, steps };
    struct sigaction action = { .sa_sigaction = on_statfs, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        fprintf(stderr, "faults: this system lets no filter be set\n");
        abort();
    }
}

/* ---- What is wanted. ---- */

static void read_rule(const char *rule)
{
    char call[16], effect[16];
    static const struct { const char *name; enum effect effect; int error; } EFFECTS[] = {
        { "ENOSPC", FAIL, ENOSPC }, { "EIO", FAIL, EIO }, { "SHORT", FAIL_SHORT, ENOSPC },
        { "EIO-once", FAIL_ONCE, EIO }, { "hang", HANG, 0 }, { "kill-before", KILL_BEFORE, 0 },
        { "kill-after", KILL_AFTER, 0 },
    };
    if (sscanf(rule, "%15s %ld %15s", call, &rule_nth, effect) != 3) goto bad;
    for (size_t nth = 0; nth < sizeof EFFECTS / sizeof *EFFECTS; nth++) {
        if (strcmp(EFFECTS[nth].name, effect) != 0) continue;
        rule_effect = EFFECTS[nth].effect;
        rule_errno = EFFECTS[nth].error;
    }
    if (sscanf(effect, "slow-%ld", &slow_ms) == 1) rule_effect = SLOW;
    for (int nth = WRITE; nth <= REQUEST; nth++) {
        if (strcmp(CALLS[nth], call) != 0) continue;
        rule_call = (enum call)nth;
        if (rule_effect != NONE) return;
    }
bad:
    fprintf(stderr, "faults: not a rule: %s\n", rule);
    abort();
}

__attribute__((constructor)) static void begin(void)
{
    folder = getenv("FAULTS_FOLDER");
    if (!folder) return;
    folder_length = strlen(folder);
    armed = getenv("FAULTS_ARMED");
    hits = getenv("FAULTS_HITS");
    low = getenv("FAULTS_LOW");
    if (getenv("FAULTS_PORT")) port = atoi(getenv("FAULTS_PORT"));
    if (getenv("FAULTS_RULE")) read_rule(getenv("FAULTS_RULE"));
    if (getenv("FAULTS_JOURNAL")) {
        journal = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULTS_JOURNAL"),
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal < 0) abort();
    }
    if (low) watch_statfs();
}
