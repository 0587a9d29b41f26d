/** Augmentation: the list that acts, and pictures of what it does before anything trains. */
import { useState } from 'react';
import { usePage, useWorkplace } from '../../../session/react';
import './augment.css';
import { AugmentList } from './AugmentList';
import { FirstBatch } from './FirstBatch';
import { Gallery } from './Gallery';
import { useWanted } from './useWanted';

export function Augment() {
  const data = usePage((page) => page.check?.data ?? page.preview?.data ?? null);
  const [index, setIndex] = useState(0);
  const isFit = data?.input_kind === 'image' || data?.input_kind === 'video';
  const place = data && index < data.num_train ? index : 0;
  useWanted(place, isFit);
  if (!data) return <p className="sm muted">Reading the data …</p>;
  if (!isFit) return <NoPixels title={data.title} />;
  return (
    <div className="augment">
      <AugmentList />
      <div className="augment-shown">
        <FirstBatch />
        <Gallery inputKind={data.input_kind} index={place} numTrain={data.num_train} onIndex={setIndex} />
      </div>
    </div>
  );
}

function NoPixels({ title }: { readonly title: string }) {
  const { page } = useWorkplace();
  return (
    <p className="sm">
      <b>{title} has no pixels.</b> Augmentations change images and clips.{' '}
      <button type="button" className="link" onClick={() => page.setState({ dataPage: 'choose' })}>
        Choose images
      </button>
    </p>
  );
}
