/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tries every known way to write to a disk from inside a tool of the stick.
 *
 *	writeblock fd N    through descriptor N, a disk that the broker handed out
 *	writeblock nodes   through every block node, found or made, and by mounting
 *
 * One line a try: "CONTROL name: ..." for what changes nothing, so that the
 * test can tell which door is shut; "refused name: why" for what must not; "WROTE name" when it did,
 * "PASSED name" when only the device itself refused.
 * rights_test.py builds it static, carries it in on a raw disk, and compares the
 * disks afterwards: it does not take this program's word for it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define AT_SECTOR 2048
#define SECTOR_BYTES 512

static unsigned char sector[4096] __attribute__((aligned(4096)));

static bool tried(const char *name, bool went_through)
{
	int why = errno;

	if (went_through)
		printf("WROTE %s\n", name);
	else
		printf("refused %s: %s\n", name, strerror(why));
	return went_through;
}

static void control(const char *name, bool good)
{
	int why = errno;

	printf("CONTROL %s: %s\n", name, good ? "works" : strerror(why));
}

/* A SCSI command with `bytes` of data; true if the kernel handed it to the device,
 * *status is then the device's answer. */
static bool scsi(int fd, const unsigned char *command, unsigned char size, int direction,
		 unsigned bytes, int *status)
{
	unsigned char sense[32];
	struct sg_io_hdr h = {
		.interface_id = 'S',
		.dxfer_direction = direction,
		.cmd_len = size,
		.mx_sb_len = sizeof sense,
		.dxfer_len = bytes,
		.dxferp = sector,
		.cmdp = (unsigned char *)(uintptr_t)command,
		.sbp = sense,
		.timeout = 5000,
	};

	*status = 0;
	if (ioctl(fd, SG_IO, &h) != 0)
		return false;
	*status = h.status;
	return true;
}

/* A command that writes must not even reach the device: another one may obey it. */
static void try_command(int fd, const char *name, const unsigned char *command, unsigned char size,
			unsigned bytes)
{
	int status;
	bool passed =
		scsi(fd, command, size, bytes ? SG_DXFER_TO_DEV : SG_DXFER_NONE, bytes, &status);

	if (passed && status != 0)
		printf("PASSED %s: only the device refused it\n", name);
	else
		tried(name, passed);
}

static void try_scsi(int fd)
{
	static const unsigned char read10[10] = { 0x28, 0, 0, 0, AT_SECTOR >> 8, 0, 0, 0, 1 };
	static const unsigned char write10[10] = { 0x2a, 0, 0, 0, AT_SECTOR >> 8, 0, 0, 0, 1 };
	static const unsigned char write16[16] = { 0x8a, [8] = AT_SECTOR >> 8, [13] = 1 };
	static const unsigned char same16[16] = { 0x93, 8, [8] = AT_SECTOR >> 8, [13] = 8 };
	static const unsigned char unmap[10] = { 0x42, [8] = 24 };
	static const unsigned char format[6] = { 0x04 };
	/* ATA PASS-THROUGH (16): WRITE DMA EXT */
	static const unsigned char ata[16] = {
		0x85, 6 << 1, 0x06, [6] = 1, [9] = AT_SECTOR >> 8, [13] = 0x40, [14] = 0x35
	};
	/* UNMAP (SBC-4, 5.35): two lengths, then the first block and the number of blocks.
	 * Its opcode is that of READ SUB-CHANNEL of CD drives, which the kernel's own
	 * filter lets anyone send who may read. */
	static const unsigned char blocks[24] = { 0, 22, 0, 16, [14] = AT_SECTOR >> 8, [19] = 128 };
	int status;

	control("SG_IO read", scsi(fd, read10, 10, SG_DXFER_FROM_DEV, SECTOR_BYTES, &status));
	try_command(fd, "SG_IO WRITE(10)", write10, 10, SECTOR_BYTES);
	try_command(fd, "SG_IO WRITE(16)", write16, 16, SECTOR_BYTES);
	try_command(fd, "SG_IO WRITE SAME(16)", same16, 16, SECTOR_BYTES);
	try_command(fd, "SG_IO FORMAT UNIT", format, 6, 0);
	try_command(fd, "SG_IO ATA write", ata, 16, SECTOR_BYTES);
	memcpy(sector, blocks, sizeof blocks);
	try_command(fd, "SG_IO UNMAP", unmap, 10, sizeof blocks);

	/* The same table of commands by another number. */
	struct cdrom_generic_command packet = {
		.buffer = sector,
		.buflen = sizeof blocks,
		.data_direction = CGC_DATA_WRITE,
		.quiet = 1,
		.timeout = 5000,
	};
	memcpy(packet.cmd, unmap, sizeof unmap);
	tried("CDROM_SEND_PACKET UNMAP", ioctl(fd, CDROM_SEND_PACKET, &packet) == 0);
	tried("CDROMEJECT", ioctl(fd, CDROMEJECT) == 0);
	tried("CDROMCLOSETRAY", ioctl(fd, CDROMCLOSETRAY) == 0);
}

static bool nvme(int fd, unsigned long request, uint8_t opcode)
{
	struct nvme_passthru_cmd c = {
		.opcode = opcode,
		.nsid = 1,
		.addr = (uint64_t)(uintptr_t)sector,
		.data_len = SECTOR_BYTES,
		.cdw10 = AT_SECTOR,
	};

	return ioctl(fd, request, &c) == 0;
}

static bool nvme_submit(int fd, uint8_t opcode)
{
	struct nvme_user_io io = { .opcode = opcode,
				   .addr = (uint64_t)(uintptr_t)sector,
				   .slba = AT_SECTOR };

	return ioctl(fd, NVME_IOCTL_SUBMIT_IO, &io) == 0;
}

static bool nvme_vector(int fd, uint8_t opcode)
{
	struct iovec part = { sector, SECTOR_BYTES };
	struct nvme_passthru_cmd64 c = {
		.opcode = opcode,
		.nsid = 1,
		.addr = (uint64_t)(uintptr_t)&part,
		.data_len = 1, /* of parts */
		.cdw10 = AT_SECTOR,
	};

	return ioctl(fd, NVME_IOCTL_IO64_CMD_VEC, &c) == 0;
}

static void try_nvme(int fd)
{
	enum { FORMAT = 0x80, WRITE = 1, READ = 2, WRITE_ZEROES = 8 };

	control("NVMe read", nvme(fd, NVME_IOCTL_IO_CMD, READ));
	tried("NVMe write", nvme(fd, NVME_IOCTL_IO_CMD, WRITE));
	tried("NVMe write zeroes", nvme(fd, NVME_IOCTL_IO_CMD, WRITE_ZEROES));
	tried("NVMe write by NVME_IOCTL_SUBMIT_IO", nvme_submit(fd, WRITE));
	tried("NVMe write by NVME_IOCTL_IO64_CMD_VEC", nvme_vector(fd, WRITE));
	tried("NVMe format", nvme(fd, NVME_IOCTL_ADMIN_CMD, FORMAT));
}

static bool is_nvme(int fd)
{
	return ioctl(fd, NVME_IOCTL_ID) > 0;
}

static void try_descriptor(int fd)
{
	char path[32];
	int zero = 0, again;
	uint64_t range[2] = { AT_SECTOR * SECTOR_BYTES, 65536 };
	void *map;

	control("pread", pread(fd, sector, sizeof sector, 0) == sizeof sector);
	memset(sector, 'X', sizeof sector);
	tried("pwrite", pwrite(fd, sector, sizeof sector, AT_SECTOR * SECTOR_BYTES) > 0);
	map = mmap(NULL, sizeof sector, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	tried("mmap", map != MAP_FAILED);
	tried("BLKROSET", ioctl(fd, BLKROSET, &zero) == 0);
	tried("BLKDISCARD", ioctl(fd, BLKDISCARD, range) == 0);
	tried("BLKZEROOUT", ioctl(fd, BLKZEROOUT, range) == 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDWR);
	tried("opening it again to write", again >= 0);
	if (is_nvme(fd))
		try_nvme(fd);
	else
		try_scsi(fd);
}

/* Nodes that are there, nodes that one could make, and mounting. */
static void try_nodes(void)
{
	DIR *blocks = opendir("/sys/class/block");
	struct dirent *d;
	char path[300], name[340], number[32];
	unsigned major_number, minor_number, count = 0;

	while (blocks && (d = readdir(blocks))) {
		if (d->d_name[0] == '.')
			continue;
		count++;
		snprintf(path, sizeof path, "/dev/%s", d->d_name);
		snprintf(name, sizeof name, "reading %s", path);
		tried(name, open(path, O_RDONLY) >= 0);
		snprintf(name, sizeof name, "writing %s", path);
		tried(name, open(path, O_RDWR) >= 0);
		snprintf(name, sizeof name, "mounting %s", path);
		tried(name, mount(path, "/tmp", "ext4", MS_RDONLY, NULL) == 0);
		snprintf(path, sizeof path, "/sys/class/block/%s/dev", d->d_name);
		FILE *f = fopen(path, "r");
		if (!f || !fgets(number, sizeof number, f) ||
		    sscanf(number, "%u:%u", &major_number, &minor_number) != 2)
			continue;
		fclose(f);
		snprintf(name, sizeof name, "making a node for %s", d->d_name);
		tried(name,
		      mknod("/tmp/node", S_IFBLK | 0600, makedev(major_number, minor_number)) == 0);
	}
	printf("CONTROL block devices: %u\n", count);
	tried("/dev/mem", open("/dev/mem", O_RDONLY) >= 0);
	tried("becoming root", setuid(0) == 0);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "fd") == 0)
		try_descriptor(atoi(argv[2]));
	else if (argc == 2 && strcmp(argv[1], "nodes") == 0)
		try_nodes();
	else
		return 2;
	puts("DONE");
	return 0;
}
