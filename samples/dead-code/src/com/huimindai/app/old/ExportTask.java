package com.huimindai.app.old;

import android.content.Context;
import android.os.AsyncTask;
import java.io.IOException;

public class ExportTask extends AsyncTask<Context, Void, Boolean> {
  @Override
  protected Boolean doInBackground(Context... contexts) {
    try {
      BookExport.upload(BookExport.read(contexts[0]));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
