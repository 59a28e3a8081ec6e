// What a launcher is on each system: files that the desktop shows as a program, and that run `open`. Pure: nothing here
// touches the disk. Tried on Linux; on macOS and Windows written by their documents.
import { join, posix, win32 } from 'node:path';
import type { ProfilePlace, Surroundings } from '../../options.ts';

/** Stands in the file that `remove` looks for: without it the file is somebody else's. */
export const MARK = 'loom-web launcher';

export interface LauncherFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface LauncherFiles {
  /** The one that carries the mark, and that the desktop starts. */
  readonly main: LauncherFile;
  readonly others: readonly LauncherFile[];
  /** Removed with it when there is nothing else in it; null: none is. */
  readonly folder: string | null;
}

export interface LauncherOptions {
  /** The words that run `open` of this profile, from any folder, with files from the top. */
  readonly words: readonly string[];
  readonly place: ProfilePlace;
  readonly around: Surroundings;
  /** SVG. */
  readonly icon: () => string;
}

const COMMENT = 'Messages for people on the same network';

/** Null: this system has no place for one, as without a home folder. */
export function launcherFiles(options: LauncherOptions): LauncherFiles | null {
  const { platform, home } = options.around;
  if (platform === 'win32') return windowsFiles(options);
  if (home === null) return null;
  return platform === 'darwin' ? macFiles(options, home) : desktopFiles(options, home);
}

/** `Loom`, with the profile where it is another than the usual one. */
function titleOf({ place: { profile } }: LauncherOptions): string {
  return profile === 'default' ? 'Loom' : `Loom (${profile})`;
}

function slugOf({ place: { profile } }: LauncherOptions): string {
  return profile === 'default' ? 'loom-web' : `loom-web-${profile}`;
}

/** Desktop Entry Specification 1.5, Icon Theme Specification 0.13; the folders by the XDG Base Directory Specification. */
function desktopFiles(options: LauncherOptions, home: string): LauncherFiles {
  const { words, around, icon } = options;
  const given = around.env.XDG_DATA_HOME;
  const data = given !== undefined && posix.isAbsolute(given) ? given : join(home, '.local', 'share');
  const iconPath = join(data, 'icons', 'hicolor', 'scalable', 'apps', 'loom-web.svg');
  const lines = [
    '[Desktop Entry]',
    `# ${MARK}`,
    'Type=Application',
    'Version=1.5',
    `Name=${titleOf(options)}`,
    `Comment=${COMMENT}`,
    `Exec=${escapeValue(words.map(quoteForExec).join(' '))}`,
    `TryExec=${escapeValue(words[0] ?? '')}`,
    `Icon=${escapeValue(iconPath)}`,
    'Terminal=false',
    'Categories=Network;InstantMessaging;',
    'StartupNotify=false',
  ];
  return {
    main: {
      path: join(data, 'applications', `${slugOf(options)}.desktop`),
      text: `${lines.join('\n')}\n`,
      mode: 0o644,
    },
    others: [{ path: iconPath, text: icon(), mode: 0o644 }],
    folder: null,
  };
}

/** "The Exec key": quoted arguments, and `%%` for a percent sign. */
function quoteForExec(word: string): string {
  const plain = word.replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `"${plain.replace(/["`$\\]/g, (sign) => `\\${sign}`)}"`;
}

/** "Possible value types": a string holds backslashes doubled. */
function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** Bundle Programming Guide, "The Structure of an Application Bundle": a script is program enough. */
function macFiles(options: LauncherOptions, home: string): LauncherFiles {
  const title = titleOf(options);
  const bundle = posix.join(home, 'Applications', `${title}.app`);
  const script = `#!/bin/sh\n# ${MARK}\nexec ${options.words.map(quoteForShell).join(' ')}\n`;
  const facts = {
    CFBundleName: title,
    CFBundleIdentifier: `org.loom-web.${slugOf(options)}`,
    CFBundleExecutable: 'loom',
    CFBundlePackageType: 'APPL',
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleVersion: '1',
  };
  const rows = Object.entries(facts).map(([key, value]) => `  <key>${key}</key><string>${value}</string>`);
  const plist = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0"><dict>',
    ...rows,
    // It opens a browser and is gone: nothing for the Dock to show.
    '  <key>LSUIElement</key><true/>',
    '</dict></plist>',
  ];
  return {
    main: { path: posix.join(bundle, 'Contents', 'MacOS', 'loom'), text: script, mode: 0o755 },
    others: [{ path: posix.join(bundle, 'Contents', 'Info.plist'), text: `${plist.join('\n')}\n`, mode: 0o644 }],
    folder: bundle,
  };
}

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A batch file in the Start menu of this user: a shortcut is a binary format, and needs another program to be made. */
function windowsFiles(options: LauncherOptions): LauncherFiles | null {
  const data = options.around.env.APPDATA;
  if (data === undefined || !win32.isAbsolute(data)) return null;
  // `start` takes the first quoted word for a title; %% is a percent sign in a batch file. A path holds no quotation mark.
  const words = options.words.map((word) => `"${word.replaceAll('%', '%%')}"`).join(' ');
  const lines = ['@echo off', `rem ${MARK}`, 'chcp 65001 >nul', `start "" /b ${words}`, ''];
  const path = win32.join(data, 'Microsoft', 'Windows', 'Start Menu', 'Programs', `${titleOf(options)}.cmd`);
  return { main: { path, text: lines.join('\r\n'), mode: 0o644 }, others: [], folder: null };
}
