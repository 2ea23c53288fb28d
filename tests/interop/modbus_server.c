/* A Modbus TCP server on libmodbus. Arguments: h100=2 (holding register 100 holds 2), i10=3 (input register),
 * m110 (holding register that counts in sevens, five times a second). Registers that are not named do not
 * exist. Prints its address as one line of JSON once it listens; ends when its standard input closes.
 * Simulated. */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 65536 };
static int lowest[128], highest[128];

static modbus_mapping_t *mapping(int argc, char **argv)
{
    modbus_mapping_t *map;
    lowest['h'] = lowest['i'] = MOST;
    highest['h'] = highest['i'] = -1;
    for (int i = 1; i < argc; i++) {
        int table = argv[i][0] & 127, at = atoi(argv[i] + 1);
        if (table == 'm') continue;
        if (at < lowest[table]) lowest[table] = at;
        if (at > highest[table]) highest[table] = at;
    }
    map = modbus_mapping_new_start_address(0, 0, 0, 0, lowest['h'], highest['h'] - lowest['h'] + 1,
                                           lowest['i'], highest['i'] - lowest['i'] + 1);
    if (map == NULL) exit(2);
    for (int i = 1; i < argc; i++) {
        char table;
        int at, word;
        if (sscanf(argv[i], "%c%d=%d", &table, &at, &word) != 3) continue;
        if (table == 'h') map->tab_registers[at - lowest['h']] = (uint16_t)word;
        if (table == 'i') map->tab_input_registers[at - lowest['i']] = (uint16_t)word;
    }
    return map;
}

static void count(modbus_mapping_t *map, int argc, char **argv)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == 'm')
            map->tab_registers[atoi(argv[i] + 1) - lowest['h']] =
                (uint16_t)(7 * ((now.tv_sec * 5 + now.tv_nsec / 200000000) % 9000));
}

static void answer(modbus_t *context, modbus_mapping_t *map, int from, fd_set *known)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    int size;
    modbus_set_socket(context, from);
    size = modbus_receive(context, query);
    if (size > 0) modbus_reply(context, query, size, map);
    if (size >= 0) return;
    FD_CLR(from, known);
    close(from);
}

int main(int argc, char **argv)
{
    modbus_t *context = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = mapping(argc, argv);
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    fd_set known;
    int listener = modbus_tcp_listen(context, 8);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&own, &length) < 0) return 2;
    printf("{\"address\": \"127.0.0.1:%d\", \"version\": \"%s\"}\n", ntohs(own.sin_port), LIBMODBUS_VERSION_STRING);
    fflush(stdout);
    FD_ZERO(&known);
    FD_SET(listener, &known);
    FD_SET(STDIN_FILENO, &known);
    for (;;) {
        fd_set ready = known;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0 && errno != EINTR) return 2;
        count(map, argc, argv);
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            char nothing[64];
            if (!FD_ISSET(fd, &ready)) continue;
            if (fd == STDIN_FILENO) {
                if (read(fd, nothing, sizeof nothing) <= 0) return 0;
            } else if (fd == listener) {
                int newcomer = accept(listener, NULL, NULL);
                if (newcomer >= 0) FD_SET(newcomer, &known);
            } else {
                answer(context, map, fd, &known);
            }
        }
    }
}
