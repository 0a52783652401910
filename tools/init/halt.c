/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a PC that cannot go on: a plain message, then power off. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/base/text.h"

#define WAIT_SECONDS 30

/* In both languages and in letters that every console has: nothing that was
 * unpacked can be relied on here, not even a translation. */
static const char words[] =
	"\r\n\r\n"
	"  BLACKSTART CANNOT START ON THIS PC\r\n\r\n"
	"  What came off the stick is incomplete or altered:\r\n"
	"    %s\r\n\r\n"
	"  Either this PC has too little memory (512 MB are needed; it has %llu MB),\r\n"
	"  or the stick is damaged. Try another PC, or another stick.\r\n"
	"  Nothing was changed on this PC. It switches off in %d seconds, or at a key.\r\n\r\n"
	"  BLACKSTART KANN AUF DIESEM PC NICHT STARTEN\r\n\r\n"
	"  Zu wenig Arbeitsspeicher (512 MB sind noetig, er hat %llu MB) oder der Stick\r\n"
	"  ist beschaedigt. Anderen PC oder anderen Stick versuchen.\r\n"
	"  Am PC wurde nichts veraendert. Er schaltet sich in %d Sekunden oder auf\r\n"
	"  Tastendruck aus.\r\n\r\n";

/* Any key counts, not only Enter. */
static void take_single_keys(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	(void)tcsetattr(fd, TCSAFLUSH, &t);
}

void halt_with_message(const struct error *e)
{
	static const char *const devices[] = { "/dev/tty1", "/dev/ttyS0", "/dev/console" };
	struct pollfd keys[3];
	char masked[2 * sizeof(e->text)];
	unsigned long long mib =
		(unsigned long long)sysconf(_SC_PHYS_PAGES) * (unsigned)sysconf(_SC_PAGESIZE) >> 20;
	nfds_t open_count = 0;

	text_mask(masked, sizeof(masked), e->text);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		/* /dev/console is one of the others, or all there is. */
		if (i == 2 && open_count > 0)
			break;
		int fd = open(devices[i], O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			continue;
		take_single_keys(fd);
		dprintf(fd, words, masked, mib, WAIT_SECONDS, mib, WAIT_SECONDS);
		keys[open_count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	/* A serial port without a line reports a hang-up at once: only input counts. */
	for (time_t end = time(NULL) + WAIT_SECONDS; time(NULL) < end;) {
		bool pressed = false;

		poll(keys, open_count, 1000);
		for (nfds_t i = 0; i < open_count; i++) {
			pressed = pressed || (keys[i].revents & POLLIN);
			if (keys[i].revents & (POLLHUP | POLLERR | POLLNVAL))
				keys[i].fd = -1;
		}
		if (pressed)
			break;
	}
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
