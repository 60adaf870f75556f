package com.stub;

import android.app.Application;
import android.content.Context;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Has the shape of a hardener's stub: unpacks a library and hands over to it. Nothing is in there. */
public final class StubApp extends Application {
  private static final String LIBRARY = "libjiagu.so";

  @Override
  protected void attachBaseContext(Context base) {
    super.attachBaseContext(base);
    try {
      System.load(unpack(base).getPath());
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new IllegalStateException(e);
    }
    interface5(this);
  }

  public static native void interface5(Application application);

  private static File unpack(Context base) throws IOException {
    File target = new File(base.getFilesDir(), LIBRARY);
    InputStream in = base.getAssets().open(LIBRARY);
    FileOutputStream out = new FileOutputStream(target);
    byte[] buffer = new byte[4096];
    for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
    out.close();
    in.close();
    return target;
  }
}
