// A server that does as little as a server can, so that the client is the limit: one thread, one epoll instance, one fixed answer per request.
// A request is its head and, where there is a Content-Length, that many octets. Answers after DELAY_MS when given (memory tests), at once otherwise.
//   null-server PORT [DELAY_MS]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nServer: null\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n"
    "{\"token\":\"0123456789abcdef0123456789abcdef\",\"status\":\"done\"}";

struct connection { int have; long skip; char head[4096]; };
struct pending { int fd; long due; };

static struct connection **connections;
static struct pending *queue;
static long queue_first, queue_last, queue_size = 1 << 17;

static long now_ms(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000 + t.tv_nsec / 1000000; }

static void drop(int fd) { free(connections[fd]); connections[fd] = 0; close(fd); }

// Takes requests out of what was received; gives how many are complete, or -1 for a head that is too long.
static int take(struct connection *c, const char *data, long size) {
    int requests = 0;
    while (size > 0) {
        if (c->skip > 0) {
            long n = size < c->skip ? size : c->skip;
            c->skip -= n, data += n, size -= n;
            if (c->skip == 0) requests++;
            continue;
        }
        long room = (long)sizeof c->head - c->have, n = size < room ? size : room;
        if (n <= 0) return -1;
        memcpy(c->head + c->have, data, n);
        int before = c->have;
        c->have += n;
        char *end = memmem(c->head, c->have, "\r\n\r\n", 4);
        if (!end) { data += n, size -= n; continue; }
        long head = end - c->head + 4;
        end[2] = 0;
        char *length = strcasestr(c->head, "\r\ncontent-length:");
        c->skip = length ? atol(length + 17) : 0;
        data += head - before, size -= head - before, c->have = 0;
        if (c->skip == 0) requests++;
    }
    return requests;
}

static void reply(int fd) { if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) drop(fd); }

int main(int argc, char **argv) {
    int port = atoi(argv[1]), delay = argc > 2 ? atoi(argv[2]) : 0, one = 1;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    connections = calloc(1 << 20, sizeof *connections);
    queue = malloc(queue_size * sizeof *queue);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return perror("null-server"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    static char buffer[65536];
    for (;;) {
        long wait = queue_first == queue_last ? -1 : queue[queue_first % queue_size].due - now_ms();
        int count = epoll_wait(epoll, events, 256, queue_first == queue_last ? -1 : wait < 0 ? 0 : (int)wait);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                for (int c; (c = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) {
                    setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    connections[c] = calloc(1, sizeof **connections);
                    struct epoll_event add = {.events = EPOLLIN | EPOLLET, .data.fd = c};
                    epoll_ctl(epoll, EPOLL_CTL_ADD, c, &add);
                }
                continue;
            }
            long n = recv(fd, buffer, sizeof buffer, 0);
            int requests = n > 0 ? take(connections[fd], buffer, n) : n < 0 && errno == EAGAIN ? 0 : -1;
            if (requests < 0) { drop(fd); continue; }
            for (; requests > 0; requests--) {
                if (delay == 0) reply(fd);
                else queue[queue_last++ % queue_size] = (struct pending){fd, now_ms() + delay};
            }
        }
        for (long now = now_ms(); queue_first != queue_last && queue[queue_first % queue_size].due <= now; queue_first++) {
            int fd = queue[queue_first % queue_size].fd;
            if (connections[fd]) reply(fd);
        }
    }
}
