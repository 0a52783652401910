/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_BROKER_H
#define LIB_DISK_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"

/*
 * A client of the broker, the one process with rights (docs/formats/broker.md).
 * Every call asks and waits for the answer; an answer "no" is an error with
 * the broker's own words. Strings belong to the caller's arena and are masked
 * by whoever prints them: model and serial come from devices. Where no whole answer came the
 * connection is closed (fd -1), since a late one would be taken for that to the next question:
 * connect anew. What was had through it has ended then.
 */
struct broker {
	int fd; /* -1 without a connection */
};
#define BROKER_NONE                                                                                \
	{                                                                                          \
		.fd = -1                                                                           \
	}

#define BROKER_SOCKET "/run/blackstart/broker" /* BLACKSTART_BROKER names another one */

enum machine_firmware { FIRMWARE_BIOS, FIRMWARE_UEFI };
enum machine_secure_boot { SECURE_BOOT_UNKNOWN, SECURE_BOOT_OFF, SECURE_BOOT_ON };

struct broker_machine {
	enum machine_firmware firmware;
	enum machine_secure_boot secure_boot;
	const char *vendor, *model, *serial; /* SMBIOS; "" where the PC says nothing */
	const char *uuid;
	uint64_t memory_bytes;
};

/* What a disk, or a part of it, turned out to be. */
struct broker_partition {
	unsigned number; /* from 1; logical ones of an MBR from 5; 0: the content of
				a disk without a partition table */
	uint64_t first_byte, size_bytes;
	const char *type;    /* "EFI system", "Microsoft basic data", a GUID, "0x83" */
	const char *label;   /* GPT name, "" on MBR */
	const char *content; /* what its first bytes are: "ntfs", "bitlocker", "luks2",
				"ext4", "vfat", "exfat", "swap", "lvm2"..., "" if unknown */
};

struct broker_disk {
	const char *name; /* kernel name: "sda", "nvme0n1" */
	const char *model, *serial;
	const char *bus;     /* "usb", "sata", "nvme", "scsi", "mmc", "virtio", "ide", "" */
	uint64_t size_bytes; /* 0: no medium, or unreadable */
	uint32_t logical_sector_bytes, physical_sector_bytes;
	bool removable;    /* USB, SD card, or the removable bit */
	bool locked;       /* read-only in the kernel: nothing writes to it */
	bool written;      /* sectors were written to it though it is locked: alarm */
	bool stick;        /* carries a Blackstart boot layout (says nothing of trust) */
	const char *table; /* "gpt", "mbr", "none", "damaged"; "" while it is being read */
	const char *note;  /* what could not be seen and why, "" if all was seen; translated */
	const struct broker_partition *partitions;
	size_t partition_count;
};

struct broker_disks {
	const struct broker_disk *disks;
	size_t count;
	/* Things of the whole PC that hide disks: "Intel RST in RAID mode ...", each a
	 * sentence with what to do. */
	const char *const *notes;
	size_t note_count;
	bool searching; /* drivers are still being loaded: ask again */
};

enum broker_power { POWER_OFF, POWER_REBOOT };

__attribute__((warn_unused_result)) bool broker_connect(struct broker *b, struct error *e);
void broker_close(struct broker *b);

__attribute__((warn_unused_result)) bool broker_machine(struct broker *b, struct arena *a,
							struct broker_machine *m, struct error *e);

/* Tell the broker that the first page is on the screen: drivers of storage may load. */
__attribute__((warn_unused_result)) bool broker_ready(struct broker *b, struct error *e);

/* Ask for the disks. The first time, this also lets the broker load the drivers
 * of internal storage, unless broker_ready() has done so already. */
__attribute__((warn_unused_result)) bool broker_disks(struct broker *b, struct arena *a,
						      struct broker_disks *d, struct error *e);

/* An O_RDONLY descriptor of a whole disk, or -1. */
__attribute__((warn_unused_result)) int broker_open_disk(struct broker *b, const char *name,
							 struct error *e);

/* The keyboard layout of the console: "de", "us", "fr", "ch", "gb". */
__attribute__((warn_unused_result)) bool broker_keyboard(struct broker *b, const char *layout,
							 struct error *e);

/* Larger (+1) or smaller (-1) letters on the console, as far as there are any. */
__attribute__((warn_unused_result)) bool broker_font(struct broker *b, int step, struct error *e);

/* Write language and keyboard into the settings block of the stick `disk`, which
 * the person has named (docs/formats/broker.md#remember-the-settings-of-a-stick). */
__attribute__((warn_unused_result)) bool broker_remember(struct broker *b, const char *disk,
							 const char *language, const char *keyboard,
							 struct error *e);

/*
 * The stick's own data partition (docs/formats/broker.md). The broker looks for a stick,
 * lets it prove itself, grows the partition at first use, mounts it, and hands out one of
 * its folders: "journal", "state" (the journal's writer only), "evidence", "images",
 * "updates". -1: there is none, or it did not prove itself, or it cannot be written; the
 * error says which and what to do. Close the descriptors, then broker_data_done(), once
 * for all folders asked for on this connection: the partition is unmounted when nobody
 * uses it, so that the stick can be pulled. Keep the connection while you use a folder.
 * A stick that is pulled makes the descriptors fail; ask anew when it may be back.
 * The first use waits for proof and growth: seconds, on slow sticks minutes.
 */
__attribute__((warn_unused_result)) int broker_data(struct broker *b, const char *folder,
						    struct error *e);
/* The same in two steps, for who has other things to do: b->fd is readable when the answer
 * is there. Nothing else may be asked on this connection in between. */
__attribute__((warn_unused_result)) bool broker_data_ask(struct broker *b, const char *folder,
							 struct error *e);
__attribute__((warn_unused_result)) int broker_data_take(struct broker *b, struct error *e);
__attribute__((warn_unused_result)) bool broker_data_done(struct broker *b, struct error *e);

/* What is to be done with a medium. */
enum broker_access {
	ACCESS_READ,  /* nothing on it changes, not a byte: the disk stays locked */
	ACCESS_WRITE, /* only where the person has been asked, by the medium's name */
};

/* The root folder of a partition (number 0: of a disk without a table) of an external
 * medium that the person has named: USB or removable, vfat, exfat or ext4, never a disk of
 * the PC and never a stick of ours. For reading, or for writing files, which do not replace
 * others; not for both at once, by whomever. -1 as well where its folder is another user's. */
__attribute__((warn_unused_result)) int broker_medium(struct broker *b, const char *disk,
						      unsigned partition, enum broker_access access,
						      struct error *e);
__attribute__((warn_unused_result)) bool broker_medium_done(struct broker *b, struct error *e);

/* Ask until nothing more is to come: a script wants the whole list. After a minute what there is, with d->searching. */
__attribute__((warn_unused_result)) bool broker_all_disks(struct broker *b, struct arena *a,
							  struct broker_disks *d, struct error *e);

/* A BitLocker or LUKS volume, decrypted and read-only, by a passphrase, a recovery password or the bytes of
 * a startup key's file: a descriptor of it, whose end is the end of the access. -1 with e: the key
 * is wrong (its words say so), or it cannot be opened. */
#define BROKER_KEY_MAX 1024
int broker_encrypted(struct broker *b, const char *disk, unsigned partition, const uint8_t *key,
		     size_t len, struct error *e);
/* The same by what a file holds; "-": by one line that the person types, or that comes through standard input where
 * that is no terminal. /dev/null: by no key, for who suspended the protection. Of a BitLocker volume, a
 * recovery password is taken however it is written, also out of the text that Windows saves, and checked
 * before it is asked for: the group that is wrong is named. */
int broker_encrypted_by(struct broker *b, const char *disk, unsigned partition,
			const char *key_file, struct error *e);

/* Set the system's clock (milliseconds since 1970, UTC). The PC's own clock chip is not
 * touched: it is part of the evidence. */
__attribute__((warn_unused_result)) bool broker_clock(struct broker *b, int64_t utc_ms,
						      struct error *e);

/* Bring the wired network up: drivers, link, an address by DHCP or else a link-local one.
 * Returns at once; ask again until `state` is "up" or "failed" (then `note` says why). */
struct broker_network {
	char state[16]; /* "starting", "up", "failed" */
	char interface[32], address[64],
		how[16]; /* "eth0", "192.168.7.20/24", "dhcp" or "link-local" */
	char note[256];  /* translated */
};
__attribute__((warn_unused_result)) bool broker_network(struct broker *b, struct broker_network *n,
							struct error *e);

/* Does not return on success: the PC goes off. */
__attribute__((warn_unused_result)) bool broker_power(struct broker *b, enum broker_power what,
						      struct error *e);

#endif
