/** Pictures of the reader's: dropped, pasted, chosen, or taken with a camera. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

type IntakeProps = { onOpen: (file: File | undefined) => void; children: ComponentChildren };

/** Takes pictures that are dropped or pasted. */
export function Intake({ onOpen, children }: IntakeProps) {
  const [over, setOver] = useState(false);
  const take = (data: DataTransfer | null) => {
    const files = [...(data?.files ?? [])];
    onOpen(files.find((file) => file.type.startsWith("image/")) ?? files[0]);
  };
  return (
    <div
      class={`cnl-intake${over ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer);
      }}
      onPaste={(event) => {
        const inField = (event.target as HTMLElement).matches("input[type=text]");
        if (inField && !event.clipboardData?.files.length) return; // a number, pasted into a cell
        event.preventDefault();
        take(event.clipboardData);
      }}
    >
      {children}
    </div>
  );
}

type FileButtonProps = { label: string; camera?: boolean; onOpen: (file: File) => void };

export function FileButton({ label, camera = false, onOpen }: FileButtonProps) {
  return (
    <label class={`cnl-file${camera ? " camera" : ""}`}>
      <input
        type="file"
        accept="image/*"
        class="cnl-hidden"
        {...(camera ? { capture: "environment" } : {})}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = ""; // so that the same file can be opened again
          if (file) onOpen(file);
        }}
      />
      <span>{label}</span>
    </label>
  );
}
