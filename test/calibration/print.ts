/** `npm run calibration` */
import { calibrationReport } from "./report";

process.stdout.write(calibrationReport());
