// Shows Block Kit as Slack would: a message, or a modal with its title and buttons.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { Message } from 'slack-blocks-to-jsx';
import 'slack-blocks-to-jsx/dist/style.css';

const logo = 'data:image/svg+xml;utf8,' + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0f766e"/><circle cx="16" cy="16" r="8" fill="none" stroke="#fff" stroke-width="3"/></svg>');
const frame = { fontFamily: 'Lato, "Liberation Sans", "WenQuanYi Micro Hei", sans-serif', background: '#fff', padding: 16, width: 'fit-content' };
const button = { border: '1px solid #bbb', borderRadius: 4, padding: '8px 14px', fontWeight: 700, background: '#fff' };

const Modal = ({ view }) => (
  <div style={{ border: '1px solid #ddd', borderRadius: 8, width: 520 }}>
    <h1 style={{ fontSize: 22, fontWeight: 800, margin: 0, padding: '16px 24px', borderBottom: '1px solid #eee' }}>{view.title.text}</h1>
    <div style={{ padding: '8px 12px' }}><Message blocks={view.blocks} logo={logo} name="" withoutWrapper /></div>
    <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 12, padding: '12px 24px', borderTop: '1px solid #eee' }}>
      <span style={button}>{view.close.text}</span>
      {view.submit && <span style={{ ...button, background: '#007a5a', color: '#fff' }}>{view.submit.text}</span>}
    </div>
  </div>
);

window.show = (kind, drawn) => {
  document.body.innerHTML = '<div id="root"></div>';
  const inside = kind === 'modal' ? <Modal view={drawn} /> : <Message blocks={drawn.blocks} logo={logo} name="Cartwright" time={new Date(2026, 10, 25, 10, 0)} />;
  flushSync(() => createRoot(document.getElementById('root')).render(<div id="shown" style={frame}>{inside}</div>));
};
