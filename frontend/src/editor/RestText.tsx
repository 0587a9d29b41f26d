/** The call that starts this experiment, for a shell and for Python. */
import { useEffect, useState } from 'react';
import { Choice } from '../forms/Choice';
import { useSession, useSpec } from '../session/react';
import { ReadText } from './ReadText';
import { clientCall, curlCall } from './restCall';

const LANGUAGES = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
];

export function RestText() {
  const spec = useSpec();
  const tokenFile = useTokenFile();
  const [language, setLanguage] = useState('curl');
  const isPython = language === 'python';
  if (tokenFile === null) return <p className="spec-wait sm faint">Asking where the token is …</p>;
  const place = { origin: location.origin, tokenFile };
  return (
    <>
      <div className="spec-language">
        <Choice label="Language" options={LANGUAGES} value={language} onChange={setLanguage} />
      </div>
      <ReadText
        label="Call that starts this experiment"
        text={isPython ? clientCall(spec, place) : curlCall(spec, place)}
        isPython={isPython}
        note="The token is read from the server's file"
      />
    </>
  );
}

/** Where the token is; null until the server said so. */
function useTokenFile(): string | null {
  const session = useSession();
  const [file, setFile] = useState<string | null>(null);
  useEffect(() => {
    let isHere = true;
    session.ask.tokenFile().then(
      (found) => isHere && setFile(found ?? 'DIR/token'),
      () => isHere && setFile('DIR/token'),
    );
    return () => {
      isHere = false;
    };
  }, [session]);
  return file;
}
