/** Units that sizes and rates are converted by. */

export const bytesPerGiB = 1024 ** 3;
export const bytesPerMiB = 1024 ** 2;
