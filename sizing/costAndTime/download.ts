/** How long the weights take from Hugging Face to the file system, limited by the slowest part of the path. */
import { rates, systemNodeBandwidth } from "../../catalog/durations";
import { storeThroughput, type StoreRequest } from "./storage";
import { MBpsPerGbps, megabytesOf } from "../units";

export interface DownloadTime {
  seconds: number;
  limitedBy: "Hugging Face" | "file system writes" | "node network";
}

/**
 * Small instances exceed their network baseline on credits "for 5 to 60 minutes"; we count 15.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html
 */
const burstSeconds = 15 * 60;

/**
 * A Job that finds the weights there reads all of them again, to compare them with the Hub's digests. That is no slower: the network of the
 * node is the same, and a file system reads at least as fast as it writes.
 */
export function downloadTime(request: { downloadGiB: number; store?: StoreRequest; systemInstanceType?: string }): DownloadTime {
  const megabytes = megabytesOf(request.downloadGiB);
  const source = rates.huggingFaceDownload.MBps;
  const writes = request.store ? storeThroughput(request.store).writeMBps : Infinity;
  const rate = Math.min(source, writes);
  const seconds = megabytes / rate;
  const limitedBy = writes < source ? "file system writes" : "Hugging Face";

  const baseline = systemNodeBandwidth.find((row) => row.instanceType === request.systemInstanceType)?.baselineGbps;
  const sustained = baseline === undefined ? Infinity : baseline * MBpsPerGbps;
  if (seconds <= burstSeconds || sustained >= rate) return { seconds, limitedBy };
  return { seconds: burstSeconds + (megabytes - burstSeconds * rate) / sustained, limitedBy: "node network" };
}
