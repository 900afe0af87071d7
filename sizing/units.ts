/** Units that sizes and rates are converted by. Memory and files count by 1024, disks, networks and prices by 1000. */

export const bytesPerGiB = 1024 ** 3;
export const bytesPerMB = 1e6;
export const bytesPerGB = 1e9;
export const gigabytesPerGiB = bytesPerGiB / bytesPerGB;

/** MB/s, and GB/s, of a rate in Gbit/s. */
export const MBpsPerGbps = 125;
export const GBpsPerGbps = 1 / 8;

export const megabytesOf = (GiB: number): number => (GiB * bytesPerGiB) / bytesPerMB;
