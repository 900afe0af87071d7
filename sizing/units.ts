/** Conversions of sizes and rates. Memory and files use powers of 1024; disks, networks and prices use powers of 1000. */

export const bytesPerGiB = 1024 ** 3;
const bytesPerMB = 1e6;
export const bytesPerGB = 1e9;
export const gigabytesPerGiB = bytesPerGiB / bytesPerGB;

/** One Gbit/s in MB/s, and in GB/s. */
export const MBpsPerGbps = 125;
export const GBpsPerGbps = 1 / 8;

export const megabytesOf = (GiB: number): number => (GiB * bytesPerGiB) / bytesPerMB;
