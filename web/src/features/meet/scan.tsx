/* A code on a thing, a pallet, a safety sheet: held before the camera, its text goes into the field. Only where the browser reads codes itself;
 * elsewhere there is no button, and one types. */
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../../text/text.ts";
import { Dialog } from "../../ui/index.ts";

interface Detector { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> }
const detectorOf = (): Detector | null => {
  const Make = (globalThis as unknown as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  return Make && navigator.mediaDevices ? new Make() : null;
};
const LOOK_MS = 200;

function Camera({ onCode, onClose }: { readonly onCode: (code: string) => void; readonly onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    const detector = detectorOf();
    let stream: MediaStream | undefined, timer: ReturnType<typeof setTimeout> | undefined, isOver = false;
    const look = async (): Promise<void> => {
      if (isOver || !video.current || !detector) return;
      const found = await detector.detect(video.current).catch(() => []);
      if (isOver) return;
      if (found[0]) onCode(found[0].rawValue.slice(0, 300));
      else timer = setTimeout(() => void look(), LOOK_MS);
    };
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then((given) => {
      stream = given;
      if (isOver || !video.current) { given.getTracks().forEach((track) => track.stop()); return; }
      video.current.srcObject = given;
      void video.current.play().then(look, () => setRefused(true));
    }, () => { if (!isOver) setRefused(true); });
    return () => {
      isOver = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <Dialog title={text("meet.scan")} onClose={onClose}>
      {isRefused ? <p>{text("meet.scan_refused")}</p> : <><p>{text("meet.scan_hold")}</p><video class="camera" ref={video} playsInline muted aria-label={text("meet.scan_camera")} /></>}
    </Dialog>
  );
}

export function ScanButton({ onCode }: { readonly onCode: (code: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  if (!detectorOf()) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>{text("meet.scan")}</button>
      {isOpen && <Camera onClose={() => setOpen(false)} onCode={(code) => { setOpen(false); onCode(code); }} />}
    </>
  );
}
