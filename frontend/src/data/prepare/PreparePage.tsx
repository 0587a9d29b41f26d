/** Preprocessing and augmentation, as visible steps. */
import { usePage } from '../../session/react';
import { Augment } from './augment/Augment';
import { Encodings } from './Encodings';
import { Preprocessing } from './Preprocessing';
import './prepare.css';

export function PreparePage() {
  const data = usePage((page) => page.check?.data ?? page.preview?.data ?? null);
  if (data?.input_is_index) return <Encodings data={data} />;
  return (
    <div className="prepare-page">
      <Preprocessing />
      <Augment />
    </div>
  );
}
